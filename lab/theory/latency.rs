//! A distribution of latency put together from simple pieces.

/// An extreme value that a smaller share of the events reaches than this is not promised.
pub const RARE: f64 = 0.01;

/// The slowest thousandth is left out where one event more in an answer adds more than this share to it.
const GRAIN: f64 = 0.01;

/// How the latencies of one group of events spread. All in seconds.
#[derive(Debug, Clone, Copy)]
pub enum Spread {
    /// All the same.
    At(f64),
    /// Uniform between two values.
    Uniform { from_s: f64, to_s: f64 },
}

/// Groups of events in the order of their latency, each with its share.
#[derive(Debug)]
pub struct Latency {
    parts: Vec<(f64, Spread)>,
    min_s: Option<f64>,
    max_s: Option<f64>,
    /// What one event more in an answer adds, where any number may be in it.
    grain_s: f64,
}

impl Latency {
    /// Groups that do not overlap, from quick to slow, with shares that add up to 1.
    pub fn new(parts: Vec<(f64, Spread)>) -> Self {
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|(share, _)| *share > 0.0)
            .collect();
        let min_s = parts.first().map(|(_, spread)| spread.quantile_s(0.0));
        let max_s = parts.last().map(|(_, spread)| spread.quantile_s(1.0));
        Self {
            parts,
            min_s,
            max_s,
            grain_s: 0.0,
        }
    }

    /// The same with a smallest latency that details left out of the groups decide, or with none.
    pub fn with_min(self, min_s: Option<f64>) -> Self {
        Self { min_s, ..self }
    }

    /// The same with a largest latency that the groups leave out.
    pub fn with_max(self, max_s: f64) -> Self {
        Self {
            max_s: Some(max_s),
            ..self
        }
    }

    /// The same without a largest latency: there is no bound, or hardly an event gets near it.
    pub fn unbounded(self) -> Self {
        Self {
            max_s: None,
            ..self
        }
    }

    /// The same where an answer may carry any number of events, and each makes it later by so much: there is no bound
    /// unless that is nothing, and the slowest events are those of uncommonly large answers.
    pub fn varying(self, grain_s: f64) -> Self {
        match grain_s > 0.0 {
            true => Self {
                grain_s,
                ..self.unbounded()
            },
            false => self,
        }
    }

    pub fn min_s(&self) -> Option<f64> {
        self.min_s
    }

    pub fn max_s(&self) -> Option<f64> {
        self.max_s
    }

    pub fn mean_s(&self) -> f64 {
        self.parts
            .iter()
            .map(|(share, spread)| share * spread.mean_s())
            .sum()
    }

    /// The latency that a share `q` of the events, 0 to 1, stays at or below.
    pub fn quantile_s(&self, q: f64) -> f64 {
        let mut below = 0.0;
        let mut value = 0.0;
        for (share, spread) in &self.parts {
            value = spread.quantile_s(((q - below) / share).min(1.0));
            below += share;
            if q <= below {
                break;
            }
        }
        value
    }

    /// The slowest thousandth begins here, if answers of their mean size say where.
    pub fn slowest_s(&self) -> Option<f64> {
        let slowest_s = self.quantile_s(0.999);
        (self.grain_s <= GRAIN * slowest_s).then_some(slowest_s)
    }

    /// The distribution function as points `[latency, share at or below it]`, both rising.
    pub fn points(&self) -> Vec<[f64; 2]> {
        let mut points = Vec::new();
        let mut below = 0.0;
        for (share, spread) in &self.parts {
            points.extend(
                spread
                    .points()
                    .iter()
                    .map(|[at_s, q]| [*at_s, below + share * q]),
            );
            below += share;
        }
        points
    }
}

impl Spread {
    fn mean_s(self) -> f64 {
        match self {
            Self::At(value_s) => value_s,
            Self::Uniform { from_s, to_s } => 0.5 * (from_s + to_s),
        }
    }

    fn quantile_s(self, q: f64) -> f64 {
        match self {
            Self::At(value_s) => value_s,
            Self::Uniform { from_s, to_s } => from_s + q * (to_s - from_s),
        }
    }

    /// Points `[latency, share at or below it]` whose straight connections are the curve.
    fn points(self) -> Vec<[f64; 2]> {
        match self {
            Self::At(value_s) => vec![[value_s, 0.0], [value_s, 1.0]],
            Self::Uniform { from_s, to_s } => vec![[from_s, 0.0], [to_s, 1.0]],
        }
    }
}
