//! Spread of a conductance as a function of the conductance: published fits, a user's table, or a plain number.

use crate::error::{DeviceError, check_range};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A published fit, `sigma(g) = max(0, c0 + c1 x + c2 x^2 + ...)` in µS with `x = g / reference`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SigmaFit {
    /// Name in the configuration.
    pub name: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Conductance at `x = 1`, µS.
    pub reference: f64,
    /// Coefficients, µS, constant first.
    pub coefficients: &'static [f64],
}

/// The published fits.
pub const FITS: [SigmaFit; 9] = [
    SigmaFit {
        name: "hfox_milo",
        source: "V. Milo et al., IRPS 2021, fig. 4 (IGVVA-100), linear fit of CrossSim 3.2.0; 50 to 225 µS",
        reference: 1.0,
        coefficients: &[4.782_321, -0.009_107],
    },
    SigmaFit {
        name: "hfox_wan",
        source: "W. Wan et al., Nature 608 (2022), ext. data fig. 3 at 1 s, cubic fit of CrossSim 3.2.0; to 39.26 µS",
        reference: 1.0,
        coefficients: &[1.053, 0.2374, -1.167e-2, 1.536e-4],
    },
    SigmaFit {
        name: "hfox_wan_1s",
        source: "W. Wan et al., Nature 608 (2022), at 1 s, fit of aihwkit 1.2.0; to 40 µS",
        reference: 40.0,
        coefficients: &[0.348, 16.030, -43.853, 45.393, -16.815],
    },
    SigmaFit {
        name: "hfox_wan_1d",
        source: "W. Wan et al., Nature 608 (2022), after 1 day, fit of aihwkit 1.2.0; to 40 µS",
        reference: 40.0,
        coefficients: &[0.701, 22.086, -50.773, 47.095, -16.458],
    },
    SigmaFit {
        name: "hfox_wan_2d",
        source: "W. Wan et al., Nature 608 (2022), after 2 days, fit of aihwkit 1.2.0; to 40 µS",
        reference: 40.0,
        coefficients: &[0.782, 20.274, -43.507, 37.062, -11.934],
    },
    SigmaFit {
        name: "cmo_hfox_0p2",
        source: "CMO/HfOx write-verify to 0.2 % of g_max, fit of aihwkit 1.2.0",
        reference: 1.0,
        coefficients: &[8.11e-4, 1.069e-3],
    },
    SigmaFit {
        name: "cmo_hfox_2p0",
        source: "CMO/HfOx write-verify to 2 % of g_max, fit of aihwkit 1.2.0",
        reference: 1.0,
        coefficients: &[0.011_22, 0.011_29],
    },
    SigmaFit {
        name: "pcm_nandakumar",
        source: "S. R. Nandakumar et al., ICECS 2019, g_max = 25 µS, fit of aihwkit 1.2.0",
        reference: 25.0,
        coefficients: &[0.263_48, 1.9650, -1.1731],
    },
    SigmaFit {
        name: "pcm_joshi",
        source: "V. Joshi et al., Nat. Commun. 11 (2020), fit of CrossSim 3.2.0; to 25 µS",
        reference: 1.0,
        coefficients: &[0.286_39, 0.075_86, -0.001_788],
    },
];

/// The fit of that name.
///
/// # Errors
/// [`DeviceError::Unknown`] with the names there are.
pub fn fit(key: &str, name: &str) -> Result<&'static SigmaFit, DeviceError> {
    FITS.iter().find(|fit| fit.name == name).ok_or_else(|| DeviceError::Unknown {
        key: key.to_owned(),
        name: name.to_owned(),
        known: FITS.map(|fit| fit.name).join(", "),
    })
}

impl SigmaFit {
    /// Spread at conductance `g`, both in µS.
    #[inline]
    #[must_use]
    pub fn at(&self, g: f64) -> f64 {
        let x = g / self.reference;
        self.coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c).max(0.0)
    }
}

/// Where a spread comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SigmaSource {
    /// A published fit by its name.
    Fit(String),
    /// A CSV file of two columns, `g` and `sigma` in siemens; linear in between, constant beyond the ends.
    File(PathBuf),
    /// The rows of such a table, `[g, sigma]` in siemens.
    Points(Vec<[f64; 2]>),
    /// A share of the conductance.
    Relative(f64),
    /// The same spread everywhere, siemens.
    Absolute(f64),
}

/// A spread ready to be evaluated, µS.
#[derive(Clone, Debug, PartialEq)]
pub enum Sigma {
    /// A published fit.
    Fit(SigmaFit),
    /// Points `(g, sigma)` with rising `g`.
    Points(Vec<[f64; 2]>),
    /// `share * g`.
    Relative(f64),
    /// The same everywhere.
    Absolute(f64),
}

impl Sigma {
    /// Spread at conductance `g`, both in µS.
    #[inline]
    #[must_use]
    pub fn at(&self, g: f64) -> f64 {
        match self {
            Sigma::Fit(fit) => fit.at(g),
            Sigma::Points(points) => interpolate(points, g),
            Sigma::Relative(share) => share * g,
            Sigma::Absolute(sigma) => *sigma,
        }
    }
}

fn interpolate(points: &[[f64; 2]], g: f64) -> f64 {
    let above = points.partition_point(|point| point[0] <= g);
    if above == 0 {
        return points[0][1];
    }
    if above == points.len() {
        return points[above - 1][1];
    }
    let ([x0, y0], [x1, y1]) = (points[above - 1], points[above]);
    y0 + (y1 - y0) * (g - x0) / (x1 - x0)
}

impl SigmaSource {
    /// The spread, in µS.
    ///
    /// # Errors
    /// [`DeviceError`] for an unknown fit, an unreadable file, conductances that do not rise, or a spread outside 0 to 1 S
    /// (a share outside 0 to 2).
    pub fn load(&self, key: &str) -> Result<Sigma, DeviceError> {
        match self {
            SigmaSource::Fit(name) => Ok(Sigma::Fit(*fit(&format!("{key}.fit"), name)?)),
            SigmaSource::File(path) => SigmaSource::Points(read_points(path)?).load(key),
            SigmaSource::Points(points) => checked_points(&format!("{key}.points"), points),
            SigmaSource::Relative(share) => {
                check_range(&format!("{key}.relative"), *share, (0.0, 2.0))?;
                Ok(Sigma::Relative(*share))
            }
            SigmaSource::Absolute(sigma) => {
                check_range(&format!("{key}.absolute"), *sigma, (0.0, 1.0))?;
                Ok(Sigma::Absolute(sigma * 1e6))
            }
        }
    }

    /// The same spread without a file: its rows are in the value, so that a hash of the configuration covers them.
    ///
    /// # Errors
    /// [`DeviceError::Table`] for a file that cannot be read from `base`.
    pub fn inlined(&self, base: &Path) -> Result<Self, DeviceError> {
        match self {
            SigmaSource::File(path) => Ok(SigmaSource::Points(read_points(&base.join(path))?)),
            SigmaSource::Fit(_) | SigmaSource::Points(_) | SigmaSource::Relative(_) | SigmaSource::Absolute(_) => {
                Ok(self.clone())
            }
        }
    }
}

fn checked_points(key: &str, points: &[[f64; 2]]) -> Result<Sigma, DeviceError> {
    if points.is_empty() {
        return Err(DeviceError::conflict(key, "is empty, must have at least one row"));
    }
    for &[g, sigma] in points {
        check_range(key, g, (0.0, 1.0))?;
        check_range(key, sigma, (0.0, 1.0))?;
    }
    if points.windows(2).any(|pair| pair[0][0] >= pair[1][0]) {
        return Err(DeviceError::conflict(key, "must have conductances that rise from row to row"));
    }
    Ok(Sigma::Points(points.iter().map(|[g, sigma]| [g * 1e6, sigma * 1e6]).collect()))
}

/// Rows `g, sigma` of a CSV file with that header; lines that start with `#` say where the numbers come from.
fn read_points(path: &Path) -> Result<Vec<[f64; 2]>, DeviceError> {
    let error = |line: u64, problem: String| DeviceError::Table { path: path.display().to_string(), line, problem };
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(|e| error(0, e.to_string()))?;
    let header = reader.headers().map_err(|e| error(1, e.to_string()))?.clone();
    if header != vec!["g", "sigma"] {
        return Err(error(1, "the header must be `g,sigma`, both in siemens".to_owned()));
    }
    let mut points = Vec::new();
    for record in reader.deserialize::<(f64, f64)>() {
        let line = |e: &csv::Error| e.position().map_or(0, csv::Position::line);
        let (g, sigma) = record.map_err(|e| error(line(&e), e.to_string()))?;
        points.push([g, sigma]);
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples printed beside the sources (rounded there to two decimals): within 1 %.
    #[test]
    fn the_fits_give_the_published_points() {
        let points = [
            ("hfox_milo", 50.0, 4.33),
            ("hfox_milo", 100.0, 3.87),
            ("hfox_milo", 225.0, 2.73),
            ("hfox_wan", 0.0, 1.05),
            ("hfox_wan", 10.0, 2.41),
            ("hfox_wan", 20.0, 2.36),
            ("hfox_wan", 39.0, 1.67),
            ("hfox_wan_1s", 10.0, 2.26),
            ("hfox_wan_1s", 20.0, 2.02),
            ("hfox_wan_1d", 10.0, 3.72),
            ("hfox_wan_1d", 20.0, 3.91),
            ("hfox_wan_2d", 10.0, 3.66),
            ("hfox_wan_2d", 20.0, 3.93),
            ("cmo_hfox_0p2", 40.0, 0.0436), // by hand
            ("cmo_hfox_2p0", 40.0, 0.46),
            ("pcm_nandakumar", 25.0, 1.06),
            ("pcm_joshi", 25.0, 1.07),
        ];
        for (name, g, sigma) in points {
            let found = fit("", name).expect("known").at(g);
            assert!((found / sigma - 1.0).abs() < 0.01, "{name} at {g}: {found}");
        }
    }

    #[test]
    fn a_table_is_linear_between_its_rows_and_flat_beyond() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("sigma.csv");
        std::fs::write(&path, "# measured on wafer 3\ng, sigma\n1e-5, 1e-6\n3e-5, 2e-6\n").expect("written");
        let sigma = SigmaSource::File(path.clone()).load("k").expect("valid");
        let near = |g: f64, expected: f64| assert!((sigma.at(g) - expected).abs() < 1e-12, "{g}: {}", sigma.at(g));
        near(0.0, 1.0);
        near(10.0, 1.0);
        near(20.0, 1.5);
        near(30.0, 2.0);
        near(99.0, 2.0);
        let inlined = SigmaSource::File("sigma.csv".into()).inlined(folder.path()).expect("read");
        assert_eq!(inlined, SigmaSource::Points(vec![[1e-5, 1e-6], [3e-5, 2e-6]]));
        assert_eq!(inlined.load("k").expect("valid"), sigma);
    }

    #[test]
    fn refuses_bad_tables_with_their_line() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("sigma.csv");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("written");
            let message = SigmaSource::File(path.clone()).load("k").expect_err("refused").to_string();
            message.replace(&path.display().to_string(), "sigma.csv")
        };
        assert_eq!(read("a,b\n1,2\n"), "sigma.csv:1: the header must be `g,sigma`, both in siemens");
        assert!(read("g,sigma\n1e-6,1e-7\n2e-6,x\n").starts_with("sigma.csv:3: "));
        assert_eq!(read("g,sigma\n"), "k.points is empty, must have at least one row");
        assert_eq!(read("g,sigma\n2e-6,0\n1e-6,0\n"), "k.points must have conductances that rise from row to row");
        assert_eq!(read("g,sigma\n2e-6,-1\n"), "k.points is -1e0, must be 0e0 to 1e0");
        let missing = SigmaSource::File("no/such.csv".into()).load("k").expect_err("refused").to_string();
        assert!(missing.starts_with("no/such.csv:0: "), "{missing}");
    }

    #[test]
    fn refuses_names_and_numbers_out_of_range() {
        let error = |source: SigmaSource| source.load("array.spread.sigma").expect_err("refused").to_string();
        assert!(
            error(SigmaSource::Fit("x".into()))
                .starts_with("array.spread.sigma.fit is \"x\", must be one of hfox_milo, hfox_wan, ")
        );
        assert_eq!(error(SigmaSource::Relative(3.0)), "array.spread.sigma.relative is 3e0, must be 0e0 to 2e0");
        assert_eq!(error(SigmaSource::Absolute(-1.0)), "array.spread.sigma.absolute is -1e0, must be 0e0 to 1e0");
    }
}
