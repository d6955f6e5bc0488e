//! How many digits each step needs so that the printed derivation closes.

use nalgebra::DMatrix;

use super::{GUARD_DIGITS, Step};
use crate::diagnostic::{Diagnostic, Result};
use crate::graph::{Evaluation, Expr, Graph, NodeId, Op};
use crate::numbers::{Certification, Certified, Printed};

/// A step's usual formula is given up for the next one when its operands would need more than
/// this many digits beyond those of a final result.
const PATIENCE: usize = 10;
/// Bits from which an undecided digit is answered by one more digit instead of more bits.
const STUBBORN: usize = 4096;
/// Exact decimals up to this many significant digits are printed whole …
const EXACT_DIGITS: usize = 9;
/// … or up to this many more than a rounded final result has.
const EXACT_EXTRA: usize = 4;
/// Once operands have more than [`PATIENCE`] extra digits, a step's result gets one for every so many
/// of theirs.
const RESULT_LAGS: usize = 8;
/// Where a step would need more digits than this beyond those of a final result, its formula is
/// shown in symbols only: the target is met to a hundred places, say, and nobody could follow.
const MOST_GROWTH: usize = 55;

/// The digits and the formula of every step; digits grow until a step is given up.
pub(super) struct Digits {
    /// By node index; `None` for a node without a symbol.
    steps: Vec<Option<Wanted>>,
    base: usize,
}

#[derive(Clone)]
struct Wanted {
    digits: usize,
    formula: Expr,
    /// Whether the printed operands must give the printed result.
    closes: bool,
    /// Whether the formula is shown with numbers in it.
    substituted: bool,
}

/// What became of asking for more digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Growth {
    Grown,
    /// More than [`MOST_GROWTH`] would be needed.
    TooLong,
}

/// Whether a step's formula gives its printed value from the printed operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closure {
    Closed,
    Open,
    /// The working precision does not tell.
    Undecided,
}

impl Digits {
    pub(super) fn new(graph: &Graph, base: usize, shown: impl Fn(NodeId) -> bool) -> Self {
        let steps = graph.ids().map(|id| {
            graph.symbol(id)?;
            let formula = graph.formulas(id).into_iter().next()?;
            Some(Wanted {
                digits: base,
                formula,
                closes: shown(id) && !is_leaf(graph, id),
                substituted: true,
            })
        });
        Self { steps: steps.collect(), base }
    }

    /// Finds digits with which every step closes; `None` where `system` is too coarse to decide.
    pub(super) fn close(
        &mut self,
        graph: &Graph,
        values: &Evaluation<Certified>,
        system: Certification,
    ) -> Result<Option<Vec<Option<Step>>>> {
        let exact_digits = EXACT_DIGITS.max(self.base + EXACT_EXTRA);
        let printed = vec![None; self.steps.len()];
        let mut sheet = Sheet { graph, values, system, exact_digits, printed };
        if self.choose_formulas(&mut sheet).is_none() || self.guard(graph, &mut sheet).is_none() {
            return Ok(None);
        }
        loop {
            let mut grown = false;
            // Against the order of evaluation: what a step asks of its operands is known before
            // they are looked at themselves.
            for id in graph.ids().rev() {
                let Some(step) = self.at(id).cloned() else { continue };
                if !step.closes {
                    continue;
                }
                let verdict = sheet.closure(id, &step.formula);
                match verdict {
                    Closure::Closed => {}
                    Closure::Undecided if self.is_too_coarse(system) => return Ok(None),
                    // Next to a tie of the result more digits decide, not more precision.
                    verdict @ (Closure::Open | Closure::Undecided) => {
                        grown = true;
                        if self.grow(id, &step.formula, verdict, &mut sheet)? == Growth::TooLong {
                            self.give_up(id);
                            if self.guard(graph, &mut sheet).is_none() {
                                return Ok(None);
                            }
                        }
                    }
                }
            }
            if !grown {
                return Ok(Some(self.finish(sheet)));
            }
        }
    }

    /// The first formula of each step that closes within [`PATIENCE`], otherwise the last one.
    fn choose_formulas(&mut self, sheet: &mut Sheet<'_>) -> Option<()> {
        for id in sheet.graph.ids() {
            if !self.at(id).is_some_and(|step| step.closes) {
                continue;
            }
            let formulas = sheet.graph.formulas(id);
            let last = formulas.len() - 1;
            for (rank, formula) in formulas.into_iter().enumerate() {
                if rank < last {
                    let mut wanted = vec![(id, self.base + GUARD_DIGITS)];
                    wanted.extend(formula.steps().into_iter().map(|id| (id, self.base + PATIENCE)));
                    if !wanted.into_iter().all(|(id, digits)| sheet.print(id, digits).is_some()) {
                        if sheet.system.precision < STUBBORN {
                            return None;
                        }
                        continue;
                    }
                    if sheet.closure(id, &formula) != Closure::Closed {
                        continue;
                    }
                }
                if let Some(step) = self.at_mut(id) {
                    step.formula = formula;
                }
                break;
            }
        }
        Some(())
    }

    /// Prints every step, with guard digits where another step reads it.
    fn guard(&mut self, graph: &Graph, sheet: &mut Sheet<'_>) -> Option<()> {
        let read: Vec<NodeId> = graph
            .ids()
            .filter_map(|id| Some((id, self.at(id)?)))
            .flat_map(|(id, step)| {
                let operands = step.formula.steps();
                operands.into_iter().filter(move |&operand| operand != id)
            })
            .collect();
        for id in read {
            let least = self.base + GUARD_DIGITS;
            if let Some(step) = self.at_mut(id) {
                step.digits = step.digits.max(least);
            }
        }
        for id in graph.ids() {
            let most = self.base + PATIENCE;
            let Some(step) = self.at_mut(id) else { continue };
            while sheet.print(id, step.digits).is_none() {
                // A number next to a tie of its digits: at this precision one digit more is cheaper
                // than the bits that would tell the side.
                let stubborn = sheet.system.precision >= STUBBORN && step.digits < most;
                if !stubborn {
                    return None;
                }
                step.digits += 1;
            }
        }
        Some(())
    }

    /// One more digit for every rounded operand of a step that does not close.
    fn grow(
        &mut self,
        id: NodeId,
        formula: &Expr,
        verdict: Closure,
        sheet: &mut Sheet<'_>,
    ) -> Result<Growth> {
        let mut targets: Vec<NodeId> =
            formula.steps().into_iter().filter(|&operand| !sheet.is_exact(operand)).collect();
        // A result that is a tie at its last digit closes only with a digit more of its own. It
        // grows much more slowly than its operands: in step with them it would never be reached by
        // one that lags behind.
        let due =
            |digits: usize| digits > self.base + PATIENCE && digits.is_multiple_of(RESULT_LAGS);
        // Exact operands leave only the result: log(1 + e^49999.75) is so close above the tie
        // 49999.75 that no precision rounds it to six digits, while seven are no tie.
        let alone = targets.is_empty() && verdict == Closure::Undecided;
        if alone || targets.iter().any(|&t| self.at(t).is_some_and(|s| due(s.digits))) {
            targets.push(id);
        }
        for target in &targets {
            let Some(step) = self.at_mut(*target) else { continue };
            step.digits += 1;
            let digits = step.digits;
            if digits > self.base + MOST_GROWTH {
                return Ok(Growth::TooLong);
            }
            // Undecided digits show at the next look, which then asks for more precision.
            sheet.print(*target, digits);
        }
        if targets.is_empty() {
            let symbol = sheet.graph.symbol(id).unwrap_or_default();
            return Err(Diagnostic::error(format!("the formula printed for {symbol} does not give its value"))
                .help("this is a fault of the program, not of your inputs: please report it with your homework.toml")
                .into());
        }
        Ok(Growth::Grown)
    }

    /// Takes back all growth, and no longer asks a step to close: its numbers are certified as all
    /// others are, but its formula is not shown with numbers in it.
    fn give_up(&mut self, id: NodeId) {
        for step in self.steps.iter_mut().flatten() {
            step.digits = self.base;
        }
        if let Some(step) = self.at_mut(id) {
            step.closes = false;
            step.substituted = false;
        }
    }

    /// Whether digits have grown to where `system`'s own accuracy is in doubt.
    fn is_too_coarse(&self, system: Certification) -> bool {
        // A decimal digit is 3.3 bits; the rest is for the errors of a long chain.
        let most = self.steps.iter().flatten().map(|step| step.digits).max().unwrap_or(0);
        4 * most > system.precision
    }

    fn finish(&self, sheet: Sheet<'_>) -> Vec<Option<Step>> {
        let steps = self.steps.iter().zip(sheet.printed);
        steps
            .map(|(step, printed)| {
                let Wanted { formula, substituted, .. } = step.clone()?;
                Some(Step { formula, substituted, printed: printed? })
            })
            .collect()
    }

    fn at(&self, id: NodeId) -> Option<&Wanted> {
        self.steps[id.index()].as_ref()
    }

    fn at_mut(&mut self, id: NodeId) -> Option<&mut Wanted> {
        self.steps[id.index()].as_mut()
    }
}

/// What is printed so far.
struct Sheet<'a> {
    graph: &'a Graph,
    values: &'a Evaluation<Certified>,
    system: Certification,
    /// Results that are exact decimals of up to this many digits are printed whole.
    exact_digits: usize,
    /// By node index; `None` where nothing is printed, or a digit is undecided.
    printed: Vec<Option<DMatrix<Printed>>>,
}

impl Sheet<'_> {
    /// Prints a step; an input in full, as it was typed. `None` where a digit is undecided.
    fn print(&mut self, id: NodeId, digits: usize) -> Option<()> {
        let entries: Option<Vec<Printed>> = match self.graph.op(id) {
            Op::Leaf(value) => value.iter().map(|v| Printed::whole(v, usize::MAX)).collect(),
            _ => self
                .in_full(id)
                .or_else(|| self.values[id].iter().map(|v| Printed::round(v, digits)).collect()),
        };
        let (rows, columns) = self.graph.shape(id);
        let printed = entries.map(|entries| DMatrix::from_vec(rows, columns, entries));
        self.printed[id.index()] = printed;
        self.printed[id.index()].as_ref().map(|_| ())
    }

    /// Every entry in full, where that is short for all of them.
    fn in_full(&self, id: NodeId) -> Option<Vec<Printed>> {
        let whole = |value: &Certified| match value {
            Certified::Exact(v) => Printed::whole(v, self.exact_digits),
            _ => None,
        };
        self.values[id].iter().map(whole).collect()
    }

    fn is_exact(&self, id: NodeId) -> bool {
        self.printed[id.index()].as_ref().is_some_and(|p| p.iter().all(Printed::is_exact))
    }

    fn closure(&self, id: NodeId, formula: &Expr) -> Closure {
        let Some(result) = &self.printed[id.index()] else { return Closure::Undecided };
        if formula.steps().iter().any(|operand| self.printed[operand.index()].is_none()) {
            return Closure::Undecided;
        }
        let operand = |id: NodeId| match &self.printed[id.index()] {
            Some(printed) => printed.map(|p| p.value(self.system.precision)),
            None => DMatrix::from_element(0, 0, Certified::Exact(Default::default())),
        };
        let computed = formula.evaluate(&self.system, &operand);
        let mut verdict = Closure::Closed;
        for (printed, computed) in result.iter().zip(computed.iter()) {
            match printed.rounds_from(computed) {
                Some(true) => {}
                Some(false) => return Closure::Open,
                None => verdict = Closure::Undecided,
            }
        }
        verdict
    }
}

fn is_leaf(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.op(id), Op::Leaf(_))
}
