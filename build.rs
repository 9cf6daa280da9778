//! Embeds the shipped scenarios and sweeps: every file of two folders, so that a new one is in the program by being
//! there. (The crate `include_dir` would do the same, but on a stable compiler it does not notice a new file.)

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// The folder, and the table that is made of it: `&[("name", "text of the file"), ...]`.
const TABLES: [(&str, &str); 2] = [
    ("scenarios", "scenarios.rs"),
    ("scenarios/sweeps", "sweeps.rs"),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR")?;
    for (folder, table) in TABLES {
        println!("cargo::rerun-if-changed={folder}");
        fs::write(Path::new(&out).join(table), table_of(folder)?)?;
    }
    Ok(())
}

/// The table as Rust. The compiler reads the files by their place in the package, wherever that lies.
fn table_of(folder: &str) -> Result<String, Box<dyn Error>> {
    let mut table = String::from("&[\n");
    for name in names(folder)? {
        writeln!(
            table,
            "(\"{name}\", include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{folder}/{name}.json\"))),"
        )?;
    }
    table.push(']');
    Ok(table)
}

/// The names in the order in which the program shows them: the default scenario, its variants, then the rest by name.
fn names(folder: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_stem().and_then(|name| name.to_str());
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match name {
            Some(name) if name.chars().all(fits) => names.push(name.to_owned()),
            _ => {
                let path = path.display();
                return Err(format!(
                    "{path}: name it with lower-case letters, digits and hyphens, such as my-ticker.json"
                )
                .into());
            }
        }
    }
    names.sort_by_cached_key(|name| {
        let variant = name.starts_with("ticker-");
        (name != "ticker", !variant, name.clone())
    });
    Ok(names)
}
