//! Both ends of a crowd's connections are in one process: more descriptors than many systems allow at first.

/// Asks for so many, where the system takes such wishes. Too few show when somebody connects.
#[cfg(unix)]
pub fn allow(count: u64) {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the pointer is to a struct of ours that outlives the call.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
        return;
    }
    if limit.rlim_cur < count as libc::rlim_t {
        limit.rlim_cur = limit.rlim_max.min(count as libc::rlim_t);
        // SAFETY: the same, and the call only reads it.
        if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } != 0 {
            eprintln!("pushlab: the system allows fewer than {count} descriptors: see ulimit -n");
        }
    }
}

#[cfg(not(unix))]
pub fn allow(_count: u64) {}
