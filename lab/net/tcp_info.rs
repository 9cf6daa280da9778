//! The kernel's own count of a connection's segments, where the system has one (Linux `TCP_INFO`).

use tokio::net::TcpStream;

/// What the kernel counted, as this socket saw it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Segments {
    /// Segments sent and received, SYN, FIN and pure ACKs included.
    pub sent: u64,
    pub received: u64,
    /// Stream bytes sent, each counted once however often the kernel repeated it, and received.
    pub bytes_sent: u64,
    pub bytes_received: u64,
}

/// Reads the counters of a connected socket; `None` where the system does not tell.
#[cfg(target_os = "linux")]
pub fn segments(stream: &TcpStream) -> Option<Segments> {
    use std::os::fd::AsRawFd;
    // SAFETY: `tcp_info` is plain old data for which all zeroes is a value.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
    // SAFETY: the descriptor is open for as long as `stream` lives; pointer and length describe `info`.
    let status = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut info).cast(),
            &raw mut length,
        )
    };
    // Kernels before 4.19 stop short of `bytes_sent` and `bytes_retrans`.
    let complete = length as usize > std::mem::offset_of!(libc::tcp_info, tcpi_bytes_retrans);
    (status == 0 && complete).then_some(Segments {
        sent: u64::from(info.tcpi_segs_out),
        received: u64::from(info.tcpi_segs_in),
        // A busy machine answers late, and the kernel then probes with what it has sent already.
        bytes_sent: info.tcpi_bytes_sent.saturating_sub(info.tcpi_bytes_retrans),
        bytes_received: info.tcpi_bytes_received,
    })
}

#[cfg(not(target_os = "linux"))]
pub fn segments(_: &TcpStream) -> Option<Segments> {
    None
}
