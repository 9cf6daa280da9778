//! What is cited, and how much of it could be read. A claim that we know only from others is marked as such.

use crate::measure::literature::{Experiment, Source};

/// Name as it is cited, and what it is.
const SOURCES: &[(&str, &str)] = &[
    (
        "Azure Web PubSub 2022",
        "Microsoft, two articles on what WebSocket is for (\"bidirectional\", \"full-duplex\"), blog of the Azure Web PubSub \
         service, github.com/Azure/azure-webpubsub, website/blog, November 2022; read in full. They measure nothing",
    ),
    (
        "Bigestans 2014",
        "Bigestans, thesis, Högskolan i Skövde, 2014: short polling, SSE and WebSocket in a task in which both sides \
         speak; abstract read",
    ),
    (
        "Bozdag et al. 2007",
        "E. Bozdag, A. Mesbah, A. van Deursen, \"A Comparison of Push and Pull Techniques for AJAX\", WSE 2007, \
         TUD-SERG-2007-016a, arXiv 0706.3984; abstract and conclusion read",
    ),
    (
        "Bozdag et al. 2009",
        "E. Bozdag, A. Mesbah, A. van Deursen, \"Performance Testing of Data Delivery Techniques for AJAX \
         Applications\", Journal of Web Engineering 8(4), 2009, TUD-SERG-2008-009; read in part, as chapter 4 of \
         A. Mesbah's thesis",
    ),
    (
        "Hashrocket",
        "Hashrocket, websocket-shootout, results of round 2, github.com/hashrocket/websocket-shootout; read in full",
    ),
    (
        "Linux",
        "Linux, include/net/tcp.h: delayed acknowledgements of HZ/25 to HZ/5",
    ),
    (
        "Lubbers & Greco 2010",
        "P. Lubbers, F. Greco, \"HTML5 WebSocket: A Quantum Leap in Scalability for the Web\", websocket.org, about \
         2010; read in full. A vendor's article, not peer-reviewed",
    ),
    (
        "Mattermost",
        "Mattermost, issue 8929 of github.com/mattermost/docs, on idle timeouts; read in full",
    ),
    (
        "Pimentel & Nickerson 2012",
        "V. Pimentel, B. G. Nickerson, \"Communicating and Displaying Real-Time Data with WebSocket\", IEEE Internet \
         Computing 16(4), 2012; abstract and first page read, the headline as cited by Van de Vyvere et al. 2020",
    ),
    (
        "RFC 6202",
        "S. Loreto et al., \"Known Issues and Best Practices for the Use of Long Polling and Streaming in \
         Bidirectional HTTP\", RFC 6202, 2011; sections 2 and 3 read",
    ),
    (
        "RFC 6455",
        "I. Fette, A. Melnikov, \"The WebSocket Protocol\", RFC 6455, 2011",
    ),
    (
        "RFC 9112",
        "R. Fielding, M. Nottingham, J. Reschke, \"HTTP/1.1\", RFC 9112, 2022",
    ),
    (
        "RxDB",
        "RxDB, \"WebSockets vs Server-Sent-Events vs Long-Polling vs WebRTC vs WebTransport\", rxdb.info, 2024; read \
         in full. Its statements on long polling and SSE are not measured",
    ),
    (
        "Slodziak & Nowak 2016",
        "W. Slodziak, Z. Nowak, \"Performance Analysis of Web Systems Based on XMLHttpRequest, Server-Sent Events and \
         WebSocket\", 2016; abstract read, the result as cited by Van de Vyvere et al. 2020",
    ),
    (
        "Timeplus 2022",
        "Timeplus, \"WebSocket vs. SSE\", timeplus.com, 2022; introduction read, its numbers were not readable",
    ),
    (
        "Van de Vyvere et al. 2020",
        "B. Van de Vyvere et al., \"Comparing a polling and push-based approach for live Open Data interfaces\", 2020; \
         read in full",
    ),
    (
        "WHATWG HTML",
        "WHATWG, HTML Living Standard, section 9.2, Server-sent events; read in full",
    ),
    (
        "Wilkins",
        "G. Wilkins, commentary on Bozdag et al. 2007, webtide.com; excerpts read",
    ),
];

/// What these experiments name.
pub fn cited(experiments: &[Experiment]) -> Vec<Source> {
    let mut text = String::new();
    for one in experiments {
        text += &[&one.claim, &one.set_up, &one.formula]
            .map(String::as_str)
            .concat();
        for folklore in &one.folklore {
            text += &folklore.claim;
            text += &folklore.correction;
        }
        one.rows.iter().for_each(|row| text += &row.source);
        one.notes.iter().for_each(|note| text += note);
    }
    SOURCES
        .iter()
        .filter(|(name, _)| text.contains(name))
        .map(|&(name, text)| Source {
            name: name.into(),
            text: text.into(),
        })
        .collect()
}
