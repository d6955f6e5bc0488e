//! What is asked of large problems: a few numbers that any wrong rule would change.

use dashu_ratio::RBig;
use nalgebra::DMatrix;

/// Up to this many weights, every entry of ∂L/∂W is asked for by itself.
const MOST_ENTRIES: usize = 64;
/// Beyond, the derivative in this many random directions.
const DIRECTIONS: usize = 2;
/// Of a chain with more layers than this, about so many weights, evenly spread, with both ends.
const MOST_WEIGHTS: usize = 16;

/// A direction in the space of W, with its name.
pub struct Direction {
    pub name: String,
    /// Of W's shape; entries −1, 0 or 1.
    pub entries: DMatrix<i8>,
}

impl Direction {
    /// The entries as exact numbers.
    pub fn exact(&self) -> DMatrix<RBig> {
        self.entries.map(RBig::from)
    }
}

/// Whether every entry of ∂L/∂W, of this shape, is asked for by itself.
pub fn is_by_entry((rows, columns): (usize, usize)) -> bool {
    rows * columns <= MOST_ENTRIES
}

/// Every single entry; for a large W a few directions with every entry ±1, the same in every run.
pub fn directions(shape: (usize, usize)) -> Vec<Direction> {
    let (rows, columns) = shape;
    if !is_by_entry(shape) {
        let mut bits = Bits(0x9e37_79b9_7f4a_7c15);
        return (1..=DIRECTIONS)
            .map(|number| Direction {
                name: format!("the derivative of L in random direction {number}"),
                entries: DMatrix::from_fn(rows, columns, |_, _| if bits.next() { 1 } else { -1 }),
            })
            .collect();
    }
    let places = (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j)));
    places
        .map(|(i, j)| {
            let mut entries = DMatrix::zeros(rows, columns);
            entries[(i, j)] = 1;
            Direction { name: entry("∂L/∂W", i, j), entries }
        })
        .collect()
}

/// The layers to ask about, of `depth` ones.
pub fn layers(depth: usize) -> Vec<usize> {
    let step = depth.div_ceil(MOST_WEIGHTS).max(1);
    let mut chosen: Vec<usize> = (0..depth).step_by(step).collect();
    if chosen.last() != Some(&(depth - 1)) {
        chosen.push(depth - 1);
    }
    chosen
}

/// An entry's name, counted from 1.
pub fn entry(matrix: &str, row: usize, column: usize) -> String {
    format!("{matrix} in row {}, column {},", row + 1, column + 1)
}

/// Marsaglia's xorshift64 (*Journal of Statistical Software* 8(14), 2003).
struct Bits(u64);

impl Bits {
    fn next(&mut self) -> bool {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 63 == 1
    }
}
