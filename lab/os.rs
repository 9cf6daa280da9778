//! What the system grants and what this process holds of it: open files, ports, memory. `None` where it does not tell.

use std::fs;

/// How many files this process may open.
#[cfg(unix)]
pub fn open_files() -> Option<u64> {
    rlimit::getrlimit(rlimit::Resource::NOFILE)
        .ok()
        .map(|(soft, _)| soft)
}

#[cfg(not(unix))]
pub fn open_files() -> Option<u64> {
    None
}

/// How many files this process may open after it has asked for so many, which needs nobody's leave up to a limit.
#[cfg(unix)]
pub fn ask_for_open_files(needed: u64) -> Option<u64> {
    match open_files() {
        Some(allowed) if allowed < needed => {
            rlimit::increase_nofile_limit(needed).ok().or(Some(allowed))
        }
        allowed => allowed,
    }
}

#[cfg(not(unix))]
pub fn ask_for_open_files(_needed: u64) -> Option<u64> {
    None
}

/// How many ports connections to one address may come from.
pub fn ports() -> Option<u64> {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let mut ends = range.split_whitespace().map(str::parse::<u64>);
    let (first, last) = (ends.next()?.ok()?, ends.next()?.ok()?);
    Some((last + 1).saturating_sub(first))
}

/// Bytes of memory that programs may still take: the least of what the machine has and what this process's group of
/// processes (a container) may have.
pub fn available_memory() -> Option<u64> {
    let machine = kilobytes("/proc/meminfo", "MemAvailable:");
    let number = |name: &str| -> Option<u64> {
        let text = fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok()?;
        text.trim().parse().ok()
    };
    let group = number("memory.max")
        .zip(number("memory.current"))
        .map(|(most, now)| most.saturating_sub(now));
    machine.into_iter().chain(group).min()
}

/// Bytes of memory that are resident for this process, shared ones included.
pub fn resident_memory() -> Option<u64> {
    // The first is exact; the second, for older systems, is off by some pages for each core.
    kilobytes("/proc/self/smaps_rollup", "Rss:")
        .or_else(|| kilobytes("/proc/self/status", "VmRSS:"))
}

/// The value of a line such as `Rss:    123 kB`, in bytes.
fn kilobytes(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number = line.trim().strip_suffix("kB")?.trim();
    number.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn linux_tells_everything() {
        assert!(open_files() > Some(0));
        assert_eq!(ask_for_open_files(1), open_files());
        assert!(ports() > Some(0));
        let megabyte = Some(1 << 20);
        assert!(available_memory() > megabyte);
        assert!(resident_memory() > megabyte);
    }
}
