//! The drawings as PNG, for places that take no SVG. Text is set in the fonts of this folder and nothing is asked of
//! the system, so a drawing looks the same on every machine, also on one without any fonts.

use super::style::{HEIGHT, WIDTH};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::sync::Arc;

/// Regular and bold: the only faces that charts use.
const FACES: [&[u8]; 2] = [
    include_bytes!("fonts/DejaVuSans.ttf"),
    include_bytes!("fonts/DejaVuSans-Bold.ttf"),
];
/// The family name of both.
const FAMILY: &str = "DejaVu Sans";

/// Draws the SVG of a chart as a PNG of 1280 x 720 pixels. Characters beyond Latin-1, which only names that someone
/// else chose can bring in, are not in the bundled fonts and stay out.
///
/// # Errors
///
/// Says what is wrong with a text that is not SVG. A chart of [`all`](super::all) always is, unless a recording that
/// was edited by hand puts characters into it that XML does not know.
pub fn png(svg: &str) -> Result<Vec<u8>, String> {
    let options = Options {
        font_family: FAMILY.into(),
        fontdb: Arc::new(fonts()),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let mut sheet = Pixmap::new(WIDTH as u32, HEIGHT as u32).ok_or("a sheet without a size")?;
    let scale = Transform::from_scale(
        WIDTH as f32 / tree.size().width(),
        HEIGHT as f32 / tree.size().height(),
    );
    resvg::render(&tree, scale, &mut sheet.as_mut());
    sheet.encode_png().map_err(|error| error.to_string())
}

/// The bundled faces, whatever generic family is asked for, and none of the system's.
fn fonts() -> fontdb::Database {
    let mut fonts = fontdb::Database::new();
    for face in FACES {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(face)));
    }
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_serif_family(FAMILY);
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{all, style};
    use crate::report::fixture;

    fn decoded(file: &[u8]) -> Pixmap {
        Pixmap::decode_png(file).expect("a PNG")
    }

    /// How many pixels of a region are as dark as type.
    fn dark(sheet: &Pixmap, from: (u32, u32), to: (u32, u32)) -> usize {
        let points = (from.1..to.1).flat_map(|y| (from.0..to.0).map(move |x| (x, y)));
        points
            .filter(|&(x, y)| sheet.pixel(x, y).is_some_and(|pixel| pixel.red() < 0x80))
            .count()
    }

    #[test]
    fn each_chart_becomes_a_picture_with_its_words() {
        for chart in all(&fixture::ticker()) {
            let file = png(&chart.svg).expect("SVG");
            assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n", "{}", chart.id);
            assert!(
                png(&chart.svg).is_ok_and(|again| again == file),
                "{}: the same bytes",
                chart.id
            );
            let sheet = decoded(&file);
            assert_eq!((sheet.width(), sheet.height()), (1280, 720));
            assert!(sheet.pixels().iter().all(|pixel| pixel.alpha() == 0xff));
            // The title stands at the upper left, as wide as estimated at most, and nothing is around it.
            let end = style::MARGIN + style::text_width(&chart.title, style::TITLE, true);
            let (left, right) = (style::MARGIN as u32 - 4, end as u32);
            let ink = dark(&sheet, (left, 16), (right, 50));
            let letters = chart.title.chars().filter(|c| *c != ' ').count();
            assert!(ink > 40 * letters, "{}: {ink} dark pixels", chart.id);
            assert_eq!(dark(&sheet, (0, 0), (1280, 16)), 0, "{}", chart.id);
            assert_eq!(dark(&sheet, (right, 16), (1280, 50)), 0, "{}", chart.id);
            // So does the footer at the lower left.
            let footer = style::FOOTER_TOP as u32;
            assert!(
                dark(&sheet, (left, footer), (640, 720)) > 500,
                "{}",
                chart.id
            );
        }
    }

    #[test]
    fn only_the_bundled_faces_are_used() {
        let fonts = fonts();
        assert_eq!(fonts.len(), 2);
        for weight in [fontdb::Weight::NORMAL, fontdb::Weight::BOLD] {
            let families = &[fontdb::Family::SansSerif];
            let face = fonts.query(&fontdb::Query {
                families,
                weight,
                ..Default::default()
            });
            let face = face.and_then(|id| fonts.face(id)).expect("a face");
            assert_eq!(face.weight, weight);
            assert!(face.families.iter().any(|(name, _)| name == FAMILY));
        }
    }

    #[test]
    fn the_faces_hold_what_charts_show() {
        let svg = |weight: &str, text: char| {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1280 720\" font-family=\"sans-serif\">\
                 <text x=\"9\" y=\"99\" font-size=\"90\" font-weight=\"{weight}\">{text}I</text></svg>"
            )
        };
        // A character that no face has is an empty box or nothing; a space of its own width moves what follows.
        for weight in ["normal", "bold"] {
            let missing = png(&svg(weight, '\u{4e00}'));
            for text in "Az09%µ×…–−·äß●■▲◆\u{202f}".chars() {
                assert!(png(&svg(weight, text)) != missing, "{weight} {text}");
            }
        }
    }

    #[test]
    fn what_is_no_svg_is_said() {
        for text in [
            "",
            "words",
            "<svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\">\u{1}</svg>",
        ] {
            assert!(png(text).is_err(), "{text}");
        }
    }
}
