use super::{Row, html, markdown, rows, terminal};
use crate::measure::{Both, Figures};
use crate::report::fixture;

/// The ticker, whose poller asks once a second.
fn ticker() -> Both {
    let mut simulated = fixture::ticker();
    if let Some(figures) = &mut simulated.transports[0].figures {
        figures.requests = 65 * 50;
    }
    fixture::both(simulated)
}

fn on_loopback(both: &mut Both, transport: usize) -> &mut Figures {
    both.loopback.transports[transport]
        .figures
        .as_mut()
        .expect("a verified transport")
}

fn row<'a>(rows: &'a [Row], label: &str, figure: &str) -> &'a Row {
    rows.iter()
        .find(|row| row.label == label && row.figure == figure)
        .expect("a row")
}

#[test]
fn what_is_equal_agrees_and_needs_no_explanation() {
    let mut both = ticker();
    both.loopback.transports = both.simulated.transports.clone();
    let text = terminal(&both, 120).replace('\n', " ");
    assert!(
        text.contains("All 44 figures agree within their limits."),
        "{text}"
    );
    assert!(text.contains("The application bytes are the same to the byte."));
    assert!(!text.contains("unexplained"));
}

#[test]
fn the_median_may_differ_by_5_percent_or_2_ms() {
    let mut both = ticker();
    let simulated = both.simulated.transports[3]
        .figures
        .clone()
        .expect("figures");
    let p50 = simulated.latency_us.p50;
    for (more_us, agrees) in [(1_999.0, true), (2_001.0, false), (-2_001.0, false)] {
        on_loopback(&mut both, 3).latency_us.p50 = p50 + more_us;
        let rows = rows(&both);
        assert_eq!(row(&rows, "WebSocket", "latency p50").agrees(), agrees);
        let disagrees = markdown(&both).contains("disagree on the median latency by more than 5 %");
        assert_eq!(disagrees, !agrees);
    }
    // 5 % of half a second is more than 2 ms.
    let slow = row(&rows(&both), "Short polling", "latency p50").clone();
    assert!(slow.agrees() && slow.difference() > 2_000.0);
}

#[test]
fn acknowledgements_of_the_kernel_explain_packets_only_as_far_as_there_are_such() {
    let mut both = ticker();
    let causes = |both: &Both| {
        row(&rows(both), "Short polling", "packets per event")
            .causes
            .join("\n")
    };
    let explained = causes(&both);
    assert!(
        explained.contains("each of 3\u{202f}200 later polls alone"),
        "{explained}"
    );
    assert!(!explained.contains("unexplained"), "{explained}");
    on_loopback(&mut both, 0).packets += 3_200;
    assert!(causes(&both).contains("unexplained"));
    // Where the answer comes within the kernel's patience, they are no explanation at all.
    let near = "10ms".parse().expect("a delay");
    both.simulated.scenario.delay = near;
    both.loopback.scenario.delay = near;
    assert!(causes(&both).starts_with('+') && causes(&both).ends_with("unexplained"));
}

#[test]
fn deliveries_wait_for_the_thread_that_serves_and_for_no_other() {
    let mut both = ticker();
    let window_us = both.loopback.windows.measured_us() as f64;
    let figures = on_loopback(&mut both, 3);
    figures.latency_us.p50 *= 2.0;
    // 70 us of the thread for each delivery, in a process that used a second in all.
    figures.server_cpu_share = Some(70.0 * figures.latency_samples as f64 / window_us);
    figures.server_cpu_us_per_delivery = Some(1e6);
    let words = "with 70 µs of CPU per delivery on the slower side";
    let rows = rows(&both);
    let causes = &row(&rows, "WebSocket", "latency p50").causes;
    assert!(
        causes.iter().any(|cause| cause.contains(words)),
        "{causes:?}"
    );
}

#[test]
fn a_line_that_does_more_than_delay_is_named_and_nothing_is_computed_from_it() {
    let mut both = ticker();
    on_loopback(&mut both, 3).latency_us.p50 *= 2.0;
    both.simulated.scenario.loss = "1%".parse().expect("a loss");
    let rows = rows(&both);
    let causes = &row(&rows, "WebSocket", "latency p50").causes;
    assert!(causes[0].contains("packet loss 1 %"), "{causes:?}");
    assert!(!causes.join("").contains("unexplained"));
}

#[test]
fn what_was_not_verified_on_one_network_is_not_compared() {
    let mut both = ticker();
    let transport = &mut both.loopback.transports[2];
    (transport.verified, transport.figures) = (false, None);
    transport.problem = Some("client 3 never saw event 17".into());
    assert!(!both.verified());
    for text in [html(&both), markdown(&both), terminal(&both, 100)] {
        let text = text.replace('\n', " ");
        assert!(text.contains("Warning: SSE on the loopback network was not verified"));
        assert!(text.contains("client 3 never saw event 17"));
    }
    assert!(rows(&both).iter().all(|row| row.label != "SSE"));
    both.loopback.transports.clear();
    assert!(terminal(&both, 100).contains("Nothing can be compared"));
}

#[test]
fn packets_that_the_system_does_not_tell_are_left_out() {
    let mut both = ticker();
    on_loopback(&mut both, 3).packets = 0;
    let names: Vec<_> = rows(&both)
        .into_iter()
        .filter(|row| row.label == "WebSocket")
        .map(|row| row.figure)
        .collect();
    assert_eq!(names.len(), 9);
    assert!(!names.contains(&"IP bytes per event".into()));
}

#[test]
fn the_page_loads_nothing_and_is_the_same_each_time() {
    let both = ticker();
    let page = html(&both);
    assert_eq!(page, html(&both));
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("@import"));
    assert!(page.contains("a delay line of 25 ms each way"));
    assert!(page.contains(&both.command));
    for results in [
        fixture::extreme(),
        fixture::damaged(),
        fixture::empty("empty"),
    ] {
        let both = fixture::both(results);
        let text = terminal(&both, 80);
        assert!(!text.contains("NaN") && text.is_ascii(), "{text}");
        assert!(!html(&both).contains("NaN"));
    }
}

#[test]
fn a_terminal_shows_both_values_side_by_side() {
    let mut both = ticker();
    both.simulated.transports.truncate(1);
    assert_eq!(terminal(&both, 100), GOLDEN);
}

const GOLDEN: &str = "\
ticker, 50 clients, 60 s measured, seed 7, pushlab 0.1.0
simulated, 25 ms each way, 20 Mbit/s down, 5 Mbit/s up; against
loopback with a delay line of 25 ms each way

 figure                       simulated  loopback  difference  in percent           limit  agrees

 Short polling
 latency p50                     555 ms    566 ms    +11.1 ms      +2.0 %     5 % or 2 ms     yes
 latency mean                    563 ms    574 ms    +11.3 ms      +2.0 %     5 % or 2 ms     yes
 latency p99*                    1.05 s    1.05 s           0       0.0 %    10 % or 5 ms     yes
 mean age                        873 ms    873 ms           0       0.0 %     5 % or 2 ms     yes
 time stale                        45 %      45 %           0       0.0 %  5 % or 1 point     yes
 first event after               613 ms    613 ms           0       0.0 %     5 % or 2 ms     yes
 requests                         3,250     3,250           0       0.0 %             1 %     yes
 connections                         50        50           0       0.0 %           equal     yes
 application bytes per event      343 B     343 B           0       0.0 %             1 %     yes
 packets per event                 1.56      2.08       +0.52     +33.7 %             5 %      no
 IP bytes per event               428 B     455 B     +27.3 B      +6.4 %             5 %      no

Simulator and kernel agree on the median latency of Short polling within 5 % or 2 ms: +2.0 % (+11.1
ms) on loopback. The application bytes are the same to the byte. 9 of 11 figures agree within their
limits; what makes the others differ stands below. * Rough: fewer than 10 of the 122 measured events
lie beyond this percentile. The simulator takes no time to compute; loopback ran on linux, x86_64, 2
cores.

Short polling, packets per event: 1.56 simulated, 2.08 on loopback, +33.7 % (+0.52)
  - +0.52: the server's kernel acknowledges each of 3,200 later polls alone, because the delay line
    holds the answer for 50 ms and Linux waits no longer than 40 ms; on a real line the
    acknowledgement rides on the answer

Short polling, IP bytes per event: 428 B simulated, 455 B on loopback, +6.4 % (+27.3 B)
  - +27.3 B: +3,200 packets in all, each with 52 B of headers

$ pushlab run ticker --network both";
