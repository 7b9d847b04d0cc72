//! Expressions over keys and results: linked keys and constraints.
//!
//! ```text
//! expression = or;  or = and {"||" and};  and = compare {"&&" compare};  compare = sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
//! sum = product {("+" | "-") product};  product = unary {("*" | "/" | "%") unary};  unary = ["-" | "!"] power;  power = atom ["^" unary]
//! atom = number | "text" | name | function "(" expression {"," expression} ")" | "(" expression ")"
//! ```
//!
//! Numbers are double precision; a comparison is 1 or 0, anything but 0 is true. A name is a dotted key or a figure.
//! Functions: `abs`, `ceil`, `floor`, `log2`, `max`, `min`, `round` (halves away from zero), `sqrt`.

use std::collections::BTreeSet;

/// A value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A number.
    Number(f64),
    /// A text, which can only be compared.
    Text(String),
}

impl Term {
    /// Whether it is a number other than 0.
    #[must_use]
    pub fn is_true(&self) -> bool {
        matches!(self, Term::Number(number) if *number != 0.0)
    }
}

/// A parsed expression.
///
/// # Example
/// ```
/// use bitspike::sweep::expression::{Expression, Term};
///
/// let fits = Expression::parse("core.lanes <= 4 && 2 ^ neuron.v.bits > 100")?;
/// let value = |name: &str| Some(Term::Number(if name == "core.lanes" { 2.0 } else { 8.0 }));
/// assert_eq!(fits.evaluate(&value)?, Term::Number(1.0));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    node: Node,
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Constant(Term),
    Name(String),
    Unary(char, Box<Node>),
    Binary(&'static str, Box<Node>, Box<Node>),
    Call(String, Vec<Node>),
}

/// Operators by how tightly they bind, loosest first; longer ones before their beginnings.
const LEVELS: [&[&str]; 5] = [&["||"], &["&&"], &["<=", ">=", "==", "!=", "<", ">"], &["+", "-"], &["*", "/", "%"]];
const FUNCTIONS: [(&str, usize); 8] =
    [("abs", 1), ("ceil", 1), ("floor", 1), ("log2", 1), ("max", 2), ("min", 2), ("round", 1), ("sqrt", 1)];

impl Expression {
    /// Parses a text.
    ///
    /// # Errors
    /// What is wrong, with the place from its first character on.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { text, at: 0 };
        let node = parser.level(0)?;
        parser.skip();
        if parser.at < text.len() {
            return Err(parser.unexpected("an operator or the end"));
        }
        Ok(Expression { node, text: text.to_owned() })
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every name in it.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.node.names(&mut names);
        names
    }

    /// Its value, where `value` gives that of a name.
    ///
    /// # Errors
    /// A name without a value, or arithmetic on text.
    pub fn evaluate(&self, value: &dyn Fn(&str) -> Option<Term>) -> Result<Term, String> {
        self.node.evaluate(value)
    }
}

impl Node {
    fn names<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Node::Constant(_) => {}
            Node::Name(name) => {
                names.insert(name);
            }
            Node::Unary(_, inner) => inner.names(names),
            Node::Binary(_, left, right) => [left, right].iter().for_each(|side| side.names(names)),
            Node::Call(_, arguments) => arguments.iter().for_each(|argument| argument.names(names)),
        }
    }

    fn evaluate(&self, value: &dyn Fn(&str) -> Option<Term>) -> Result<Term, String> {
        match self {
            Node::Constant(term) => Ok(term.clone()),
            Node::Name(name) => value(name).ok_or_else(|| format!("names {name}, which has no value")),
            Node::Unary(operator, inner) => {
                let x = inner.number(value)?;
                Ok(Term::Number(if *operator == '-' { -x } else { f64::from(u8::from(x == 0.0)) }))
            }
            Node::Binary(operator, left, right) => match (left.evaluate(value)?, right.evaluate(value)?) {
                (Term::Number(a), Term::Number(b)) => Ok(Term::Number(binary(operator, a, b))),
                (Term::Text(a), Term::Text(b)) if *operator == "==" => Ok(truth(a == b)),
                (Term::Text(a), Term::Text(b)) if *operator == "!=" => Ok(truth(a != b)),
                (a, b) => Err(format!("cannot work out {a:?} {operator} {b:?}")),
            },
            Node::Call(name, arguments) => {
                let x: Vec<f64> = arguments.iter().map(|argument| argument.number(value)).collect::<Result<_, _>>()?;
                Ok(Term::Number(call(name, &x)))
            }
        }
    }

    fn number(&self, value: &dyn Fn(&str) -> Option<Term>) -> Result<f64, String> {
        match self.evaluate(value)? {
            Term::Number(number) => Ok(number),
            Term::Text(text) => Err(format!("has the text \"{text}\" where a number is needed")),
        }
    }
}

fn truth(is_true: bool) -> Term {
    Term::Number(f64::from(u8::from(is_true)))
}

fn binary(operator: &str, a: f64, b: f64) -> f64 {
    let truth = |is_true: bool| f64::from(u8::from(is_true));
    match operator {
        "||" => truth(a != 0.0 || b != 0.0),
        "&&" => truth(a != 0.0 && b != 0.0),
        "<=" => truth(a <= b),
        ">=" => truth(a >= b),
        "==" => truth(a == b),
        "!=" => truth(a != b),
        "<" => truth(a < b),
        ">" => truth(a > b),
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        "%" => a.rem_euclid(b),
        _ => a.powf(b),
    }
}

fn call(name: &str, x: &[f64]) -> f64 {
    match name {
        "abs" => x[0].abs(),
        "ceil" => x[0].ceil(),
        "floor" => x[0].floor(),
        "log2" => x[0].log2(),
        "max" => x[0].max(x[1]),
        "min" => x[0].min(x[1]),
        "round" => x[0].round(),
        _ => x[0].sqrt(),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip();
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn unexpected(&self, wanted: &str) -> String {
        let found = self.rest();
        let found = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
        format!("has {found} where {wanted} is needed")
    }

    fn level(&mut self, level: usize) -> Result<Node, String> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.take(operator)) {
            let right = self.level(level + 1)?;
            left = Node::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Node, String> {
        for operator in ['-', '!'] {
            if self.take(operator.encode_utf8(&mut [0; 4])) {
                return Ok(Node::Unary(operator, Box::new(self.unary()?)));
            }
        }
        let base = self.atom()?;
        if !self.take("^") {
            return Ok(base);
        }
        Ok(Node::Binary("^", Box::new(base), Box::new(self.unary()?)))
    }

    fn atom(&mut self) -> Result<Node, String> {
        if self.take("(") {
            let inner = self.level(0)?;
            return if self.take(")") { Ok(inner) } else { Err(self.unexpected("`)`")) };
        }
        self.skip();
        match self.rest().chars().next() {
            Some('"') => self.quoted(),
            Some(c) if c.is_ascii_digit() => self.number(),
            Some(c) if c.is_alphabetic() => self.name(),
            Some(_) | None => Err(self.unexpected("a number, a name or `(`")),
        }
    }

    fn quoted(&mut self) -> Result<Node, String> {
        let end = self.rest()[1..].find('"').ok_or_else(|| self.unexpected("a closed text"))?;
        let text = self.rest()[1..=end].to_owned();
        self.at += end + 2;
        Ok(Node::Constant(Term::Text(text)))
    }

    fn number(&mut self) -> Result<Node, String> {
        let mut previous = ' ';
        let belongs = |c: char| {
            let sign_of_exponent = (c == '-' || c == '+') && (previous == 'e' || previous == 'E');
            previous = c;
            !(c.is_ascii_digit() || c == '.' || c == 'e' || c == 'E' || sign_of_exponent)
        };
        let end = self.rest().find(belongs).unwrap_or(self.rest().len());
        let number = self.rest()[..end].parse().map_err(|_| self.unexpected("a number"))?;
        self.at += end;
        Ok(Node::Constant(Term::Number(number)))
    }

    fn name(&mut self) -> Result<Node, String> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        self.at += end;
        if !self.take("(") {
            return Ok(Node::Name(name));
        }
        let mut arguments = vec![self.level(0)?];
        while self.take(",") {
            arguments.push(self.level(0)?);
        }
        if !self.take(")") {
            return Err(self.unexpected("`)`"));
        }
        match FUNCTIONS.iter().find(|(known, _)| *known == name) {
            Some((_, count)) if *count == arguments.len() => Ok(Node::Call(name, arguments)),
            Some((_, count)) => Err(format!("gives {name} {} arguments, it takes {count}", arguments.len())),
            None => Err(format!("calls {name}, must be one of: {}", FUNCTIONS.map(|(name, _)| name).join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expression, Term};

    fn value(text: &str) -> Result<Term, String> {
        let names = |name: &str| match name {
            "a" => Some(Term::Number(3.0)),
            "core.lanes" => Some(Term::Number(4.0)),
            "reset" => Some(Term::Text("zero".to_owned())),
            _ => None,
        };
        Expression::parse(text)?.evaluate(&names)
    }

    #[test]
    fn operators_bind_as_in_arithmetic() {
        for (text, expected) in [
            ("1 + 2 * 3", 7.0),
            ("(1 + 2) * 3", 9.0),
            ("2 ^ 3 ^ 2", 512.0),
            ("-2 ^ 2", -4.0),
            ("2 ^ -1", 0.5),
            ("7 - 2 - 1", 4.0),
            ("8 / 4 / 2", 1.0),
            ("-1 % 4", 3.0),
            ("a * core.lanes", 12.0),
            ("1 + 1 == 2 && 3 > 2 || 0", 1.0),
            ("!(a >= 4)", 1.0),
            ("1.5e-1 * 2e+1", 3.0),
            ("round(2.5) + max(1, min(5, 9)) + log2(8)", 11.0),
            ("reset == \"zero\"", 1.0),
            ("reset != \"zero\"", 0.0),
        ] {
            assert_eq!(value(text), Ok(Term::Number(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, problem) in [
            ("1 +", "has the end where a number, a name or `(` is needed"),
            ("(1", "has the end where `)` is needed"),
            ("1 2", "has `2` where an operator or the end is needed"),
            ("b", "names b, which has no value"),
            ("cube(2)", "calls cube, must be one of: abs"),
            ("max(2)", "gives max 1 arguments, it takes 2"),
            ("-reset", "has the text \"zero\" where a number is needed"),
            ("reset + 1", "cannot work out"),
            ("\"open", "a closed text"),
            ("1.2.3", "a number"),
        ] {
            let found = value(text).expect_err(text);
            assert!(found.contains(problem), "{text}: {found}");
        }
    }

    #[test]
    fn names_are_listed_once() {
        let expression = Expression::parse("a + max(a, b.c) > 1").expect("valid");
        assert_eq!(expression.names().into_iter().collect::<Vec<_>>(), ["a", "b.c"]);
        assert_eq!(expression.text(), "a + max(a, b.c) > 1");
    }
}
