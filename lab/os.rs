//! What the system grants and what this process holds of it: open files, ports, memory. `None` where it does not tell.

use std::fs;
use std::path::Path;

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

/// Bytes of memory that programs may still take: the least of what the machine has and what the groups of processes
/// that this one is in (a container, and what it is part of) may have. Of groups only those of cgroup version 2 are
/// known, as far as they are visible from here.
pub fn available_memory() -> Option<u64> {
    let machine = kilobytes("/proc/meminfo", "MemAvailable:");
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let groups = groups(&own)
        .into_iter()
        .filter_map(|group| room_in(&Path::new("/sys/fs/cgroup").join(group)));
    machine.into_iter().chain(groups).min()
}

/// The group of a process and all around it, as folders below the one where groups are mounted, from the text of
/// `/proc/self/cgroup`. A process that does not see the groups around its own is told that it is in the outermost.
fn groups(text: &str) -> Vec<&Path> {
    let own = text.lines().find_map(|line| line.strip_prefix("0::/"));
    Path::new(own.unwrap_or_default()).ancestors().collect()
}

/// Bytes that a group may still take; none where it may take what it wants.
fn room_in(group: &Path) -> Option<u64> {
    let read = |name| fs::read_to_string(group.join(name)).ok();
    let most = read("memory.max")?.trim().parse().ok()?;
    let now = read("memory.current")?.trim().parse().ok()?;
    Some(room(most, now, &read("memory.stat").unwrap_or_default()))
}

/// Bytes left of at `most` so many. What is taken `now` includes files that were read and may be forgotten, of which
/// the group's `memory.stat` tells: a program that wants memory gets it at once.
fn room(most: u64, now: u64, stat: &str) -> u64 {
    let value = |name: &str| -> u64 {
        let mut lines = stat.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.and_then(|value| value.parse().ok()).unwrap_or(0)
    };
    let given_back = value("inactive_file").saturating_add(value("slab_reclaimable"));
    most.saturating_sub(now.saturating_sub(given_back))
}

/// Bytes of memory that are resident for this process, shared ones included.
pub fn resident_memory() -> Option<u64> {
    // The first is exact; the second, for older systems, is off by some pages for each core.
    kilobytes("/proc/self/smaps_rollup", "Rss:")
        .or_else(|| kilobytes("/proc/self/status", "VmRSS:"))
}

/// From now on this process takes memory in small pages only, where the system could also give huge ones: those are in
/// memory as a whole as soon as a byte of them is written. For a server, half of whose buffers are empty, that is more
/// than the speed is worth, and nobody could tell what a connection takes.
pub fn take_small_pages() {
    // SAFETY: sets a flag of this process and reads nothing of ours.
    #[cfg(target_os = "linux")]
    unsafe {
        let [on, nothing]: [libc::c_ulong; 2] = [1, 0];
        libc::prctl(libc::PR_SET_THP_DISABLE, on, nothing, nothing, nothing);
    }
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

    #[test]
    fn small_pages_are_taken_when_asked_for() {
        take_small_pages();
        let status = fs::read_to_string("/proc/self/status").expect("a status");
        // Systems before 5.0 do not tell.
        let told = status.lines().find(|line| line.starts_with("THP_enabled:"));
        assert!(told.is_none_or(|line| line.ends_with("\t0")), "{told:?}");
    }

    #[test]
    fn what_a_group_has_read_is_not_what_it_needs() {
        // Of 1000 are 900 taken, 600 of them by files that nobody uses and 50 by what is known of them.
        let stat =
            "anon 200\nfile 650\ninactive_file 600\nactive_file 50\nslab_reclaimable 50\nslab 60\n";
        assert_eq!(room(1000, 900, stat), 750);
        assert_eq!(room(1000, 900, ""), 100);
        assert_eq!(room(1000, 900, "inactive_file_of_others 600\n"), 100);
        // The three files are not read at one moment.
        assert_eq!(room(1000, 500, stat), 1000);
        assert_eq!(room(1000, 1200, ""), 0);
        assert_eq!(
            room(
                1000,
                900,
                "inactive_file 18446744073709551615\nslab_reclaimable 1\n"
            ),
            1000
        );
    }

    #[test]
    fn a_group_is_in_others() {
        let paths = |text| -> Vec<String> {
            let found = groups(text).into_iter();
            found.map(|path| path.display().to_string()).collect()
        };
        let text = "4:memory:/old\n0::/user.slice/shell.scope\n";
        assert_eq!(paths(text), ["user.slice/shell.scope", "user.slice", ""]);
        assert_eq!(paths("0::/\n"), [""]);
        assert_eq!(paths(""), [""]);
    }
}
