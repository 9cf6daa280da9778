//! What all charts share: sizes, colours, and how wide a text will be. A chart is seen from the back row of a
//! classroom, in grey print and by readers who do not tell colours apart, so type is large, lines are thick and a
//! colour never stands alone.

use plotters::style::RGBColor;

/// Width of the drawing; the SVG itself scales to its container.
pub const WIDTH: i32 = 1280;
/// Height of the drawing.
pub const HEIGHT: i32 = 720;
/// Nothing is drawn closer to the edge than this.
pub const MARGIN: i32 = 24;
/// Lower end of the space for data; axis labels and the footer come below.
pub const PLOT_BOTTOM: i32 = 568;
/// First line of the footer.
pub const FOOTER_TOP: i32 = 628;

/// Heading of a chart.
pub const TITLE: i32 = 28;
/// Names of transports.
pub const LABEL: i32 = 20;
/// Axes, values and explanations.
pub const TEXT: i32 = 18;
/// The footer; the smallest type there is.
pub const SMALL: i32 = 16;
/// Distance between the lines of a text, from the size of its type.
pub const fn leading(size: i32) -> i32 {
    size * 5 / 4
}

/// Lines that carry data.
pub const STROKE: u32 = 4;
/// Half the size of a marker.
pub const MARKER: i32 = 9;

/// On top of a data line.
pub const WHITE: RGBColor = RGBColor(0xff, 0xff, 0xff);
/// Text and axes.
pub const INK: RGBColor = RGBColor(0x1a, 0x1a, 0x1a);
/// Explanations and footers: still 7:1 on white.
pub const SOFT: RGBColor = RGBColor(0x55, 0x55, 0x55);
/// Behind white text that nobody may overlook.
pub const ALARM: RGBColor = RGBColor(0xb0, 0x00, 0x20);
/// Behind data that is not to be trusted.
pub const SHADE: RGBColor = RGBColor(0xee, 0xee, 0xee);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(0xd8, 0xd8, 0xd8);

/// A colour written `#rrggbb`; ink where the text is not one, because a chart in the wrong colour beats none.
pub fn color(hex: &str) -> RGBColor {
    let parse = |range| {
        hex.get(range)
            .and_then(|part| u8::from_str_radix(part, 16).ok())
    };
    match (
        hex.starts_with('#') && hex.len() == 7,
        parse(1..3),
        parse(3..5),
        parse(5..7),
    ) {
        (true, Some(r), Some(g), Some(b)) => RGBColor(r, g, b),
        _ => INK,
    }
}

/// Estimated width of a text in pixels. `sans-serif` is another face on every system, so this follows the widest
/// common one (DejaVu Sans, Verdana): what fits by this estimate fits everywhere.
pub fn text_width(text: &str, size: i32, bold: bool) -> i32 {
    let ems: f64 =
        text.chars()
            .map(|c| match c {
                'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '\u{202f}'
                | '!' => 0.36,
                'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | '-' | '"' => 0.43,
                'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 1.0,
                'A'..='Z' | '+' | '=' | '<' | '>' | '~' | '#' => 0.8,
                c if c.is_ascii() => 0.64,
                c if (c as u32) < 0x2000 => 0.66,
                _ => 1.0,
            })
            .sum();
    (ems * f64::from(size) * if bold { 1.12 } else { 1.0 }) as i32 + 1
}

/// Breaks a text into at most `lines` lines of `width` pixels; what does not fit ends in an ellipsis.
pub fn wrap(text: &str, size: i32, bold: bool, width: i32, lines: usize) -> Vec<String> {
    let fits = |line: &str| text_width(line, size, bold) <= width;
    let mut out: Vec<String> = vec![];
    // At plain spaces only: the narrow space within a number holds it together.
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match out.last_mut() {
            Some(line) if fits(&format!("{line} {word}")) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => out.push(word.to_owned()),
        }
    }
    let too_many = out.len() > lines;
    out.truncate(lines.max(1));
    let last = out.len().saturating_sub(1);
    for (i, line) in out.iter_mut().enumerate() {
        let cut = too_many && i == last;
        if cut || !fits(line) {
            while !line.is_empty() && !fits(&format!("{line}…")) {
                line.pop();
            }
            line.truncate(line.trim_end().len());
            line.push('…');
        }
    }
    out
}

/// Evenly spaced round values from 0 to at least `max`, about `wanted` of them, and the number of decimals they need.
/// Works without logarithms, whose last bit differs between platforms.
pub fn ticks(max: f64, wanted: usize) -> (Vec<f64>, usize) {
    let max = if max.is_finite() && max > 0.0 {
        max
    } else {
        1.0
    };
    let rough = max / wanted.max(1) as f64;
    let (mut power, mut decimals) = (1.0, 0);
    while power > rough {
        power /= 10.0;
        decimals += 1;
    }
    while power * 10.0 <= rough {
        power *= 10.0;
        decimals = decimals.max(1) - 1;
    }
    // A finer step than asked for is better than an axis that ends far beyond its last value.
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|f| f * power >= rough * 0.7)
        .unwrap_or(10.0);
    let step = factor * power;
    let steps = (max / step - 1e-9).ceil().max(1.0) as usize;
    (
        (0..=steps).map(|i| i as f64 * step).collect(),
        if factor == 10.0 {
            decimals.max(1) - 1
        } else {
            decimals
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_range() {
        assert_eq!(ticks(1.03, 5).0.len(), 7);
        assert_eq!(
            ticks(30.0, 6),
            (vec![0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0], 0)
        );
        for max in [1e-3, 0.04, 0.7, 1.0, 9.99, 40.0, 763.0, 1e7] {
            let (ticks, _) = ticks(max, 5);
            assert!(
                *ticks.last().unwrap() >= max * 0.999 && ticks.len() <= 9,
                "{max}: {ticks:?}"
            );
        }
        assert_eq!(ticks(0.0, 5).0.last(), ticks(f64::NAN, 5).0.last());
    }

    #[test]
    fn long_texts_are_wrapped_and_cut_with_an_ellipsis() {
        let lines = wrap("Server-Sent Events (very long name)", 20, true, 230, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| text_width(line, 20, true) <= 230));
        assert!(
            wrap(
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                20,
                false,
                100,
                1
            )[0]
            .ends_with('…')
        );
        assert!(wrap("", 20, false, 100, 2).is_empty());
    }

    #[test]
    fn a_bad_colour_is_ink() {
        assert_eq!(color("#0072B2"), RGBColor(0, 0x72, 0xB2));
        assert_eq!(color("blue"), INK);
        assert_eq!(color("#äöü"), INK);
    }
}
