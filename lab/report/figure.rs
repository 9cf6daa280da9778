//! A chart on a page, with what can be saved of it.

use crate::chart::Chart;

/// What `parts/figure.html` shows.
pub(super) struct Figure {
    pub chart: Chart,
    /// Name of the files, without their endings.
    pub file: String,
    pub svg_url: String,
    pub csv_url: String,
}

impl Figure {
    /// The chart, with files named after `what` and the chart.
    pub fn new(what: &str, chart: Chart) -> Self {
        Self {
            file: format!("{what}-{}", chart.id),
            svg_url: data_url("image/svg+xml", &chart.svg),
            csv_url: data_url("text/csv;charset=utf-8", &chart.table.csv()),
            chart,
        }
    }
}

/// A file inside the page: it can be saved without a server and without a script.
fn data_url(kind: &str, text: &str) -> String {
    let mut url = format!("data:{kind},");
    for byte in text.bytes() {
        match byte {
            // What is plain in a URL and in an HTML attribute.
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => url.push(char::from(byte)),
            b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'(' | b')' | b';' | b'/' | b'?' | b':'
            | b'@' | b'=' | b'+' | b'$' | b',' => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}
