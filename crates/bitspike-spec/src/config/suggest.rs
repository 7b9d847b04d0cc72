//! "Did you mean": the known name nearest to an unknown one.

/// `"a", "b" or "c"`.
pub(crate) fn choices(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// `; did you mean "x"?`, or the names there are when none is near.
pub(crate) fn suggestion(found: &str, known: &[String]) -> String {
    let nearest = known.iter().map(|name| (distance(found, name), name)).min();
    match nearest {
        Some((distance, name)) if distance <= found.chars().count().div_ceil(3) => {
            format!("; did you mean \"{name}\"?")
        }
        Some(_) | None => String::new(),
    }
}

/// Fewest insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_known_by_hand() {
        let cases = [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("nuerons", "neurons", 1), ("ab", "ba", 1)];
        for (a, b, expected) in cases {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["lanes".to_owned(), "neurons".to_owned()];
        assert_eq!(suggestion("lane", &known), "; did you mean \"lanes\"?");
        assert_eq!(suggestion("colour", &known), "");
        assert_eq!(suggestion("x", &[]), "");
    }

    #[test]
    fn choices_read_as_a_sentence() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(choices(&names), "\"a\", \"b\" or \"c\"");
        assert_eq!(choices(&names[..1]), "\"a\"");
        assert_eq!(choices(&[]), "");
    }
}
