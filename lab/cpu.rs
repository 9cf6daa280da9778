//! CPU time of the calling thread and of this process, where the system tells.

/// Nanoseconds of CPU that this thread has used, or `None` where the system does not tell.
#[cfg(any(target_os = "linux", target_os = "macos"))]
pub fn thread_ns() -> Option<u64> {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Nanoseconds of CPU that all threads of this process have used, or `None` where the system does not tell.
#[cfg(any(target_os = "linux", target_os = "macos"))]
pub fn process_ns() -> Option<u64> {
    read(libc::CLOCK_PROCESS_CPUTIME_ID)
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn read(clock: libc::clockid_t) -> Option<u64> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a timespec of ours that outlives the call.
    let status = unsafe { libc::clock_gettime(clock, &raw mut time) };
    (status == 0).then(|| time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
}

/// Nanoseconds of CPU that this thread has used, or `None` where the system does not tell.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub fn thread_ns() -> Option<u64> {
    None
}

/// Nanoseconds of CPU that all threads of this process have used, or `None` where the system does not tell.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub fn process_ns() -> Option<u64> {
    None
}
