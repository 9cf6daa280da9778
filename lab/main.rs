use pushlab::*;
fn main() {
    let name = std::env::args().nth(1).unwrap_or("ticker".into());
    let mut s = scenario::load(&name).unwrap();
    if let Some(c) = std::env::args().nth(2) { s.clients = c.parse().unwrap(); }
    if let Some(c) = std::env::args().nth(3) { s.rate = c.parse().unwrap(); }
    let t=std::env::args().nth(4);
    let p = run::Prepared::new(s).unwrap();
    for e in transport::ALL {
        if t.as_ref().is_some_and(|t| t!=e.descriptor.id) {continue}
        let t0 = std::time::Instant::now();
        let o = p.run(e, net::Network::Simulated).unwrap();
        let mut r = o.result; 
        let el=t0.elapsed();
        r.series=None;
        println!("{}\n{:?} {:.2} us/delivery", serde_json::to_string(&r).unwrap(), el, el.as_micros() as f64/r.delivered as f64);
    }
}
