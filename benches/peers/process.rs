//! What the system knows of a server process.

use std::fs;

/// CPU time of a process so far, microseconds; `None` where the system does not tell.
pub fn cpu_us(pid: u32) -> Option<f64> {
    // Nanoseconds of each thread, where the kernel keeps them ...
    let nanoseconds = |path: &std::path::Path| -> Option<f64> {
        let text = fs::read_to_string(path.join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok()
    };
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let threads = threads.map(|thread| nanoseconds(&thread.ok()?.path()));
    if let Some(sum) = threads.sum::<Option<f64>>()
        && sum > 0.0
    {
        return Some(sum / 1e3);
    }
    // ... else hundredths of a second of all (proc(5): utime and stime after the name in brackets).
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) * 1e4)
}

/// Resident memory of a process, KiB.
pub fn resident_kib(pid: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
