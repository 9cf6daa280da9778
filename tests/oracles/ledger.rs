//! Conservation: every byte of every packet is in one layer and one direction.

use super::{measure, prepare};
use pushlab::transport;

#[test]
fn layers_and_directions_sum_to_the_total() {
    let networks = [
        r#""delay": "25ms""#,
        r#""delay": "25ms", "loss": "5%""#,
        r#""delay": "60ms", "jitter": "20ms", "loss": "2%", "outages": [{"at": "9s", "for": "3s"}]"#,
    ];
    for network in networks {
        let fields = format!(r#""clients": 10, "rate": "5/s", "duration": "20s", {network}"#);
        let prepared = prepare(&fields);
        for entry in transport::ALL {
            let figures = measure(&prepared, entry.descriptor.id).figures.unwrap();
            let bytes = figures.bytes;
            let layers = bytes.payload
                + bytes.framing
                + bytes.http_headers
                + bytes.setup
                + bytes.tls
                + bytes.tcp_ip;
            assert_eq!(layers, bytes.total, "{} {network}", entry.descriptor.id);
            assert_eq!(bytes.up + bytes.down, bytes.total);
            // Each packet has at least its header.
            assert!(bytes.total >= 52 * figures.packets - 8 * 4 * figures.connections);
        }
    }
}
