//! CPU time of the calling thread, where the system tells.

/// Nanoseconds of CPU that this thread has used, or `None` where the system does not tell.
#[cfg(any(target_os = "linux", target_os = "macos"))]
pub fn thread_ns() -> Option<u64> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a timespec of ours that outlives the call.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    (status == 0).then(|| time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
}

/// Nanoseconds of CPU that this thread has used, or `None` where the system does not tell.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub fn thread_ns() -> Option<u64> {
    None
}
