//! A sheet of 1280 x 720 pixels on which plotters writes SVG, with the few strokes that all charts are made of.
//! Coordinates are whole pixels, so the text of a drawing is the same on every platform.

use super::style::{
    ALARM, FOOTER_TOP, HEIGHT, INK, LABEL, MARGIN, MARKER, SMALL, SOFT, TEXT, TITLE, WIDTH,
};
use super::style::{leading, wrap};
use crate::measure::Marker;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// A point in pixels, from the top left.
pub type Point = (i32, i32);

const INFALLIBLE: &str = "drawing into a string cannot fail";

/// Where a text hangs on its point.
#[derive(Clone, Copy)]
pub enum Align {
    Left,
    Middle,
    Right,
}

/// The sheet.
pub struct Canvas<'a>(DrawingArea<SVGBackend<'a>, Shift>);

impl Canvas<'_> {
    /// Draws a sheet with its title, a line on how to read it (or a stamp in its place that says what is wrong with
    /// it) and its footer, and returns the SVG.
    pub fn sheet(
        id: &str,
        title: &str,
        reading: &str,
        stamp: Option<&str>,
        alt: &str,
        footer: &[String],
        draw: impl Fn(&Canvas),
    ) -> String {
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, (WIDTH as u32, HEIGHT as u32))
                .into_drawing_area();
            area.fill(&WHITE).expect(INFALLIBLE);
            let canvas = Canvas(area);
            canvas.bold((MARGIN, 18), TITLE, Align::Left, INK, title);
            match stamp {
                None => canvas.text((MARGIN, 58), TEXT, Align::Left, SOFT, reading),
                Some(stamp) => {
                    canvas.rect((MARGIN - 8, 52), (WIDTH - MARGIN + 8, 80), ALARM);
                    canvas.bold((MARGIN, 58), TEXT, Align::Left, WHITE, stamp);
                }
            }
            for (i, line) in footer.iter().enumerate() {
                let y = FOOTER_TOP + i as i32 * (SMALL + 6);
                canvas.text((MARGIN, y), SMALL, Align::Left, SOFT, line);
            }
            draw(&canvas);
            canvas.0.present().expect(INFALLIBLE);
        }
        // plotters writes a plain opening tag; screen readers need a role, a name and a description.
        let body = svg.split_once('>').map_or("", |(_, body)| body);
        // A page holds each drawing twice, to look at and to download: what every element repeats goes to the root.
        let body = body
            .replace(" font-family=\"sans-serif\"", "")
            .replace(" opacity=\"1\"", "")
            .replace("\">\n", "\">")
            .replace("\n</text>", "</text>");
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"100%\" font-family=\"sans-serif\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{}</title>\n\
             <desc id=\"{id}-desc\">{}</desc>{body}",
            escape(title),
            escape(alt)
        )
    }

    /// Text whose top (the height of its capitals) is at `at`.
    pub fn text(&self, at: Point, size: i32, align: Align, color: RGBColor, text: &str) {
        self.write(at, size, align, FontStyle::Normal, color, text);
    }

    /// Bold text.
    pub fn bold(&self, at: Point, size: i32, align: Align, color: RGBColor, text: &str) {
        self.write(at, size, align, FontStyle::Bold, color, text);
    }

    fn write(
        &self,
        at: Point,
        size: i32,
        align: Align,
        face: FontStyle,
        color: RGBColor,
        text: &str,
    ) {
        let h = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        // plotters divides sizes by 1.24 on their way into the SVG.
        let font = FontDesc::new(FontFamily::SansSerif, f64::from(size) * 1.24, face);
        let style = font.color(&color).pos(Pos::new(h, VPos::Top));
        self.0.draw(&Text::new(text, at, style)).expect(INFALLIBLE);
    }

    /// An open line.
    pub fn line(&self, points: Vec<Point>, color: RGBColor, width: u32) {
        self.0
            .draw(&PathElement::new(points, color.stroke_width(width)))
            .expect(INFALLIBLE);
    }

    /// A dashed line. The dashes are cut here with a plain square root, the one such function that is exact everywhere.
    pub fn dashed(&self, points: &[Point], color: RGBColor, width: u32) {
        const DASH: f64 = 14.0;
        const GAP: f64 = 10.0;
        let (mut dash, mut on, mut left) = (vec![], true, DASH);
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (dx, dy) = (f64::from(to.0 - from.0), f64::from(to.1 - from.1));
            let length = (dx * dx + dy * dy).sqrt();
            let at = |along: f64| {
                let part = along / length;
                (
                    from.0 + (dx * part).round() as i32,
                    from.1 + (dy * part).round() as i32,
                )
            };
            if on && dash.is_empty() {
                dash.push(from);
            }
            let mut along = 0.0;
            while length - along > left {
                along += left;
                if on {
                    dash.push(at(along));
                    self.line(std::mem::take(&mut dash), color, width);
                } else {
                    dash.push(at(along));
                }
                on = !on;
                left = if on { DASH } else { GAP };
            }
            left -= length - along;
            if on {
                dash.push(to);
            }
        }
        if dash.len() > 1 {
            self.line(dash, color, width);
        }
    }

    /// A filled rectangle.
    pub fn rect(&self, from: Point, to: Point, color: RGBColor) {
        self.0
            .draw(&Rectangle::new([from, to], color.filled()))
            .expect(INFALLIBLE);
    }

    /// The outline of a rectangle.
    pub fn frame(&self, from: Point, to: Point, color: RGBColor) {
        self.0
            .draw(&Rectangle::new([from, to], color.stroke_width(2)))
            .expect(INFALLIBLE);
    }

    /// A filled shape.
    pub fn fill(&self, points: Vec<Point>, color: RGBColor) {
        self.0
            .draw(&Polygon::new(points, color.filled()))
            .expect(INFALLIBLE);
    }

    /// A shaded shape.
    pub fn shade(&self, points: Vec<Point>, color: RGBColor) {
        self.0
            .draw(&Polygon::new(points, color.mix(0.25)))
            .expect(INFALLIBLE);
    }

    /// A transport's marker, with a white rim that keeps it apart from the lines below it.
    pub fn marker(&self, (x, y): Point, marker: Marker, color: RGBColor) {
        for (r, color) in [(MARKER + 2, WHITE), (MARKER, color)] {
            let polygon = |points: &[Point]| {
                let points: Vec<Point> = points.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
                self.0.draw(&Polygon::new(points, color.filled()))
            };
            let drawn = match marker {
                Marker::Circle => self.0.draw(&Circle::new((x, y), r, color.filled())),
                Marker::Square => polygon(&[
                    (-r + 1, -r + 1),
                    (r - 1, -r + 1),
                    (r - 1, r - 1),
                    (-r + 1, r - 1),
                ]),
                Marker::Triangle => polygon(&[(0, -r - 1), (r, r - 2), (-r, r - 2)]),
                Marker::Diamond => polygon(&[(0, -r - 2), (r, 0), (0, r + 2), (-r, 0)]),
            };
            drawn.expect(INFALLIBLE);
        }
    }

    /// A transport's name in at most `lines` lines, its marker before it; returns the y below.
    pub fn name(
        &self,
        (x, y): Point,
        label: &str,
        marker: Marker,
        color: RGBColor,
        width: i32,
        lines: usize,
    ) -> i32 {
        self.marker((x + MARKER, y + LABEL * 2 / 5), marker, color);
        let mut y = y;
        for line in wrap(label, LABEL, true, width - 3 * MARKER, lines) {
            self.bold((x + 3 * MARKER, y), LABEL, Align::Left, INK, &line);
            y += leading(LABEL);
        }
        y
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
