//! How a node reads: its formula as an expression over the named nodes.
//!
//! The same expression is printed with symbols, printed with numbers, and evaluated on the
//! printed numbers (closure): what a reader sees is what was checked.

use dashu_ratio::RBig;
use nalgebra::DMatrix;

use super::evaluate::product;
use super::{Graph, NodeId, Op};
use crate::numbers::{Certification, Certified, Class, NumberSystem};

/// A formula. Leaves are steps (named nodes) and constants.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Step(NodeId),
    Number(RBig),
    Sum(Box<Expr>, Box<Expr>),
    Difference(Box<Expr>, Box<Expr>),
    Negation(Box<Expr>),
    /// The matrix product, or the product of scalars, or of a scalar and a matrix.
    Product(Box<Expr>, Box<Expr>),
    Hadamard(Box<Expr>, Box<Expr>),
    Transpose(Box<Expr>),
    /// ‖A‖², for a scalar its square.
    SumSquares(Box<Expr>),
    Sigmoid(Box<Expr>),
    Log(Box<Expr>),
    Exp(Box<Expr>),
}

impl Expr {
    fn one() -> Self {
        Expr::Number(RBig::ONE)
    }

    fn minus(self, other: Expr) -> Self {
        Expr::Difference(self.into(), other.into())
    }

    fn plus(self, other: Expr) -> Self {
        Expr::Sum(self.into(), other.into())
    }

    fn times(self, other: Expr) -> Self {
        Expr::Product(self.into(), other.into())
    }

    fn negated(self) -> Self {
        Expr::Negation(self.into())
    }

    /// The steps that the formula reads, each once.
    pub fn steps(&self) -> Vec<NodeId> {
        let mut found = Vec::new();
        self.visit(&mut |id| {
            if !found.contains(&id) {
                found.push(id);
            }
        });
        found
    }

    /// The formula with some steps replaced by formulas of their own.
    pub fn replace(&self, formula: &impl Fn(NodeId) -> Option<Expr>) -> Expr {
        let of = |e: &Expr| Box::new(e.replace(formula));
        match self {
            Expr::Step(id) => formula(*id).map_or(Expr::Step(*id), |f| f.replace(formula)),
            Expr::Number(value) => Expr::Number(value.clone()),
            Expr::Sum(a, b) => Expr::Sum(of(a), of(b)),
            Expr::Difference(a, b) => Expr::Difference(of(a), of(b)),
            Expr::Product(a, b) => Expr::Product(of(a), of(b)),
            Expr::Hadamard(a, b) => Expr::Hadamard(of(a), of(b)),
            Expr::Negation(a) => Expr::Negation(of(a)),
            Expr::Transpose(a) => Expr::Transpose(of(a)),
            Expr::SumSquares(a) => Expr::SumSquares(of(a)),
            Expr::Sigmoid(a) => Expr::Sigmoid(of(a)),
            Expr::Log(a) => Expr::Log(of(a)),
            Expr::Exp(a) => Expr::Exp(of(a)),
        }
    }

    fn visit(&self, see: &mut impl FnMut(NodeId)) {
        match self {
            Expr::Step(id) => see(*id),
            Expr::Number(_) => {}
            Expr::Sum(a, b)
            | Expr::Difference(a, b)
            | Expr::Product(a, b)
            | Expr::Hadamard(a, b) => {
                a.visit(see);
                b.visit(see);
            }
            Expr::Negation(a)
            | Expr::Transpose(a)
            | Expr::SumSquares(a)
            | Expr::Sigmoid(a)
            | Expr::Log(a)
            | Expr::Exp(a) => a.visit(see),
        }
    }

    /// The value of the formula as it is written, with `operand` for each step's value.
    pub fn evaluate(
        &self,
        system: &Certification,
        operand: &impl Fn(NodeId) -> DMatrix<Certified>,
    ) -> DMatrix<Certified> {
        let of = |e: &Expr| e.evaluate(system, operand);
        match self {
            Expr::Step(id) => operand(*id),
            Expr::Number(value) => DMatrix::from_element(1, 1, system.exact(value)),
            Expr::Sum(a, b) => entrywise(&of(a), &of(b), |a, b| a + b),
            Expr::Difference(a, b) => entrywise(&of(a), &of(b), |a, b| a - b),
            Expr::Negation(a) => of(a).map(|a| -a),
            Expr::Product(a, b) => {
                let (a, b) = (of(a), of(b));
                if a.shape() == (1, 1) {
                    b.map(|b| a[(0, 0)].clone() * b)
                } else {
                    product(system, &a, &b)
                }
            }
            Expr::Hadamard(a, b) => of(a).zip_map(&of(b), |a, b| a * b),
            Expr::Transpose(a) => of(a).transpose(),
            Expr::SumSquares(a) => {
                let zero = system.exact(&RBig::ZERO);
                let total = of(a).iter().fold(zero, |sum, a| sum + a.clone() * a.clone());
                DMatrix::from_element(1, 1, total)
            }
            Expr::Sigmoid(a) => of(a).map(|a| system.sigmoid(&a)),
            Expr::Log(a) => match &**a {
                // log(1 + e) keeps the digits of a small e.
                Expr::Sum(one, e) if **one == Expr::one() => {
                    of(e).map(|e| e.ln_1p(system.precision))
                }
                _ => of(a).map(|a| a.ln(system.precision)),
            },
            Expr::Exp(a) => of(a).map(|a| a.exp(system.precision)),
        }
    }
}

/// Entry by entry; a number on the left stands for every entry, as in 1 − A.
fn entrywise(
    a: &DMatrix<Certified>,
    b: &DMatrix<Certified>,
    op: impl Fn(Certified, Certified) -> Certified,
) -> DMatrix<Certified> {
    if a.len() == 1 {
        return b.map(|b| op(a[(0, 0)].clone(), b));
    }
    a.zip_map(b, op)
}

impl Graph {
    /// The formulas of a step, the usual one first.
    ///
    /// Where a sigmoid saturates, 1 − σ(z) can't be had from the printed digits of σ(z); the
    /// further formulas use 1 − σ(z) = σ(−z) and read z instead.
    pub fn formulas(&self, id: NodeId) -> Vec<Expr> {
        let of = |id| self.inline(id);
        let (a, b) = match *self.op(id) {
            Op::Leaf(_) => return vec![Expr::Step(id)],
            Op::Transpose(a) => return vec![Expr::Transpose(of(a).into())],
            Op::SumSquares(a) => return vec![Expr::SumSquares(of(a).into())],
            Op::Sigmoid(z) => return vec![Expr::Sigmoid(of(z).into())],
            Op::SigmoidSlope { z, a } => {
                let factors = [
                    (of(a), Expr::one().minus(of(a))),
                    (Expr::Sigmoid(of(z).into()), Expr::Sigmoid(of(z).negated().into())),
                ];
                let entrywise = |(a, b): (Expr, Expr)| match self.is_scalar(z) {
                    true => a.times(b),
                    false => Expr::Hadamard(a.into(), b.into()),
                };
                return factors.map(entrywise).into();
            }
            Op::SigmoidError { z, a, y, class } => {
                let from_z = match class {
                    Class::Zero => Expr::Sigmoid(of(z).into()),
                    Class::One => Expr::Sigmoid(of(z).negated().into()).negated(),
                };
                return vec![of(a).minus(of(y)), from_z];
            }
            Op::CrossEntropy { z, a, class, .. } => {
                let (probability, exponent) = match class {
                    Class::Zero => (Expr::one().minus(of(a)), of(z)),
                    Class::One => (of(a), of(z).negated()),
                };
                let softplus = Expr::Log(Expr::one().plus(Expr::Exp(exponent.into())).into());
                return vec![Expr::Log(probability.into()).negated(), softplus];
            }
            Op::Product(a, b)
            | Op::Sum(a, b)
            | Op::Difference(a, b)
            | Op::Hadamard(a, b)
            | Op::Scale(a, b) => (of(a).into(), of(b).into()),
        };
        vec![match self.op(id) {
            Op::Sum(..) => Expr::Sum(a, b),
            Op::Difference(..) => Expr::Difference(a, b),
            Op::Hadamard(..) => Expr::Hadamard(a, b),
            Op::Scale(..) if *a == Expr::Number(RBig::NEG_ONE) => Expr::Negation(b),
            Op::Scale(..) if *a == Expr::one() => *b,
            _ => Expr::Product(a, b),
        }]
    }

    /// A named node by its name, any other by its formula.
    fn inline(&self, id: NodeId) -> Expr {
        if let Some(value) = self.constant_value(id) {
            return Expr::Number(value.clone());
        }
        match self.symbol(id) {
            Some(_) => Expr::Step(id),
            None => self.formulas(id).swap_remove(0),
        }
    }
}
