//! What `cargo bench` was told, where criterion keeps it to itself.

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;
use std::env;
use std::time::Duration;

/// Whether this run measures: `cargo bench` says `--bench`, and some options ask for something else.
pub fn measuring() -> bool {
    let others = ["--test", "--list", "--profile-time"];
    env::args().any(|arg| arg == "--bench") && !others.into_iter().any(given)
}

/// Whether an option was given.
fn given(name: &str) -> bool {
    env::args().any(|arg| arg.strip_prefix(name).is_some_and(is_end))
}

/// `--color` is told as two words or as one.
fn is_end(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('=')
}

/// What an option was set to.
pub fn value(names: &[&str]) -> Option<String> {
    let args: Vec<String> = env::args().collect();
    let of = |(at, arg): (usize, &String)| {
        let name = names.iter().find_map(|name| arg.strip_prefix(name))?;
        match name.strip_prefix('=') {
            Some(value) => Some(value.to_owned()),
            None if name.is_empty() => args.get(at + 1).cloned(),
            None => None,
        }
    };
    args.iter().enumerate().find_map(of)
}

/// A group is measured for so long, unless the command says how long.
pub fn measure_for(group: &mut BenchmarkGroup<'_, WallTime>, time: Duration) {
    if !given("--measurement-time") {
        group.measurement_time(time);
    }
}

/// A group is warmed up for so long, unless the command says how long.
pub fn warm_up_for(group: &mut BenchmarkGroup<'_, WallTime>, time: Duration) {
    if !given("--warm-up-time") {
        group.warm_up_time(time);
    }
}
