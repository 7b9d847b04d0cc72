//! Axes: which keys vary together, over which values.

use serde::Deserialize;

/// An axis as `sweep.toml` has it: one key, or several that are linked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AxisSection {
    /// Name in expressions and reports; without it, the (first) key.
    pub name: Option<String>,
    /// The dotted key of `core.toml`.
    pub key: Option<String>,
    /// Linked keys: each entry of `values` is a list with a value for each of them.
    pub keys: Vec<String>,
    /// The values.
    pub values: Vec<toml::Value>,
    /// First and last integer.
    pub range: Option<[i64; 2]>,
    /// Distance of the integers of `range`, at least 1.
    pub step: Option<i64>,
    /// First and last power of two.
    pub powers_of_two: Option<[i64; 2]>,
    /// First and last of values with a constant ratio.
    pub log: Option<[f64; 2]>,
    /// Number of values of `log`, at least 2.
    pub count: Option<u32>,
}

/// An axis with its values written out.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Name in expressions and reports.
    pub name: String,
    /// The keys.
    pub keys: Vec<String>,
    /// One entry for each position: a value for each key.
    pub values: Vec<Vec<toml::Value>>,
}

impl Axis {
    /// What stands for a position: the value of the first key.
    #[must_use]
    pub fn label(&self, position: usize) -> &toml::Value {
        &self.values[position][0]
    }
}

impl AxisSection {
    /// Writes the values out.
    ///
    /// # Errors
    /// The name of the key below the axis, and what is wrong with it.
    pub fn expand(&self) -> Result<Axis, (&'static str, String)> {
        let keys = match (&self.key, self.keys.as_slice()) {
            (Some(key), []) => vec![key.clone()],
            (None, keys) if !keys.is_empty() => keys.to_vec(),
            (Some(_) | None, _) => return Err(("key", "or keys must be given, one of them".to_owned())),
        };
        let values = self.positions()?;
        if values.is_empty() {
            return Err(("values", "is empty, must have at least one value".to_owned()));
        }
        let values = values.into_iter().map(|value| self.linked(value)).collect::<Result<_, _>>()?;
        Ok(Axis { name: self.name.clone().unwrap_or_else(|| keys[0].clone()), keys, values })
    }

    fn linked(&self, value: toml::Value) -> Result<Vec<toml::Value>, (&'static str, String)> {
        if self.key.is_some() {
            return Ok(vec![value]);
        }
        let found = value.to_string();
        let wrong =
            || ("values", format!("has {found}, must have lists of {} values, one for each key", self.keys.len()));
        let toml::Value::Array(values) = value else { return Err(wrong()) };
        if values.len() == self.keys.len() { Ok(values) } else { Err(wrong()) }
    }

    fn positions(&self) -> Result<Vec<toml::Value>, (&'static str, String)> {
        match (self.values.as_slice(), self.range, self.powers_of_two, self.log) {
            (values, None, None, None) => Ok(values.to_vec()),
            ([], Some(range), None, None) => range_values(range, self.step.unwrap_or(1)),
            ([], None, Some(range), None) => powers(range),
            ([], None, None, Some(range)) => ratios(range, self.count.unwrap_or(0)),
            _ => Err(("values", "and range, powers_of_two, log exclude each other, must be one of them".to_owned())),
        }
    }
}

fn range_values([first, last]: [i64; 2], step: i64) -> Result<Vec<toml::Value>, (&'static str, String)> {
    if step < 1 || last < first {
        return Err(("range", format!("is {first} to {last} in steps of {step}, must rise in steps of at least 1")));
    }
    Ok((first..=last).step_by(usize::try_from(step).unwrap_or(usize::MAX)).map(toml::Value::Integer).collect())
}

fn powers([first, last]: [i64; 2]) -> Result<Vec<toml::Value>, (&'static str, String)> {
    let is_power = |x: i64| x > 0 && x & (x - 1) == 0;
    if !is_power(first) || !is_power(last) || last < first {
        return Err(("powers_of_two", format!("is {first} to {last}, must be two powers of two in rising order")));
    }
    Ok((first.trailing_zeros()..=last.trailing_zeros()).map(|power| toml::Value::Integer(1 << power)).collect())
}

/// `first (last / first)^(i / (count - 1))`, `i = 0 .. count - 1`.
fn ratios([first, last]: [f64; 2], count: u32) -> Result<Vec<toml::Value>, (&'static str, String)> {
    if count < 2 || first <= 0.0 || last <= 0.0 {
        return Err(("log", format!("is {first} to {last} with count {count}, must be above 0 with count 2 or more")));
    }
    let value = |i: u32| first * (last / first).powf(f64::from(i) / f64::from(count - 1));
    Ok((0..count).map(|i| toml::Value::Float(value(i))).collect())
}

#[cfg(test)]
mod tests {
    use super::{Axis, AxisSection};

    fn axis(text: &str) -> Result<Axis, (&'static str, String)> {
        toml::from_str::<AxisSection>(text).expect("an axis").expand()
    }

    fn labels(text: &str) -> String {
        let axis = axis(text).expect(text);
        (0..axis.values.len()).map(|i| axis.label(i).to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_form_is_written_out() {
        assert_eq!(labels("key = 'a.b'\nvalues = [3, 'x', 0.5]"), "3 \"x\" 0.5");
        assert_eq!(labels("key = 'a.b'\nrange = [4, 11]\nstep = 3"), "4 7 10");
        assert_eq!(labels("key = 'a.b'\npowers_of_two = [2, 16]"), "2 4 8 16");
        assert_eq!(labels("key = 'a.b'\nlog = [0.25, 4.0]\ncount = 5"), "0.25 0.5 1.0 2.0 4.0");
        let linked = axis("name = 'w'\nkeys = ['a', 'b']\nvalues = [[1, 'x'], [2, 'y']]").expect("linked");
        assert_eq!((linked.name.as_str(), linked.values[1].len()), ("w", 2));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, key, problem) in [
            ("values = [1]", "key", "one of them"),
            ("key = 'a'\nkeys = ['b']\nvalues = [1]", "key", "one of them"),
            ("key = 'a'", "values", "at least one value"),
            ("key = 'a'\nvalues = [1]\nrange = [1, 2]", "values", "exclude each other"),
            ("key = 'a'\nrange = [2, 1]", "range", "must rise"),
            ("key = 'a'\npowers_of_two = [3, 8]", "powers_of_two", "two powers of two"),
            ("key = 'a'\nlog = [1.0, 2.0]", "log", "count 2 or more"),
            ("keys = ['a', 'b']\nvalues = [1]", "values", "lists of 2 values"),
        ] {
            let (found, why) = axis(text).expect_err(text);
            assert!(found == key && why.contains(problem), "{text}: {found} {why}");
        }
    }
}
