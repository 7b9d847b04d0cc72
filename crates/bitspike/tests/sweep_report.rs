//! The report of a sweep in a real browser without a window: it draws, reacts, and needs no network.
//!
//! Needs Chromium (`BITSPIKE_CHROMIUM` or `chromium` on the path): without it the tests fail and say what to install.
#![allow(clippy::unwrap_used)]

mod shell;

use shell::{bitspike, pair};
use std::fs;
use std::path::Path;
use std::process::Command;

fn chromium(arguments: &[&str], page: &Path) -> String {
    let program = std::env::var("BITSPIKE_CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(&program)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=10000"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap_or_else(|error| {
            panic!("this test runs {program} ({error}); install it with: apt-get install -y chromium")
        });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn report() -> tempfile::TempDir {
    let folder = pair();
    let text = "[sweep]\nname = 'a </script> pair'\ncore = 'core.toml'\nstimulus = 'stimulus.toml'\nconstraints = ['spikes > 0']\n\
        [[axis]]\nkey = 'neuron.v.bits'\nrange = [4, 8]\n[[axis]]\nkey = 'values.threshold'\nrange = [2, 9]\n\
        [[axis]]\nkey = 'neuron.reset'\nvalues = ['zero', 'subtract']\n\
        [[objective]]\nmetric = 'spikes'\ngoal = 'max'\n[[objective]]\nmetric = 'energy_nj'\ngoal = 'min'\n";
    fs::write(folder.path().join("sweep.toml"), text).unwrap();
    let call = bitspike(folder.path(), &["sweep", "run", "sweep.toml"]);
    assert_eq!(call.code, Some(0), "{}", call.all());
    folder
}

/// What a user does, and what is then to be seen.
const USER: &str = r##"<script>
const seen = {};
seen.dots = document.querySelectorAll("#scatter .dot").length;
seen.hollow = document.querySelectorAll("#scatter .dot.hollow").length;
seen.threads = document.querySelectorAll("#parallel .thread").length;
seen.effects = document.querySelectorAll("#effects svg").length;
seen.rows = document.querySelectorAll("#table tr").length - 1;
document.querySelector("#scatter .dot").dispatchEvent(new PointerEvent("pointermove", { clientX: 50, clientY: 50 }));
seen.tip = byId("tip").textContent;
document.querySelector("#scatter .dot").dispatchEvent(new MouseEvent("click"));
seen.selected = selected.size;
seen.dim = document.querySelectorAll("#scatter .dot.dim").length;
byId("clear").click();
byId("filter").value = "neuron.reset = zero, neuron.v.bits <= 5";
byId("filter").oninput();
seen.filtered = document.querySelectorAll("#table tr").length - 1;
byId("x").value = "values.threshold"; byId("x").onchange();
seen.axis = [...document.querySelectorAll("#scatter text")].some(t => t.textContent === "values.threshold");
document.querySelector("#table th:nth-child(3)").click();
seen.sorted = document.querySelector("#table tr:nth-child(2) td:nth-child(3)").textContent;
const out = document.createElement("pre"); out.id = "seen"; out.textContent = JSON.stringify(seen); document.body.appendChild(out);
</script>"##;

#[test]
fn the_report_draws_and_reacts_in_a_browser() {
    let folder = report();
    let path = folder.path().join("out/sweep/report.html");
    let page = fs::read_to_string(&path).unwrap();
    for outside in ["src=\"http", "href=\"http", "url(http", "@import", "fetch("] {
        assert!(!page.contains(outside), "the report needs nothing from outside: {outside}");
    }
    fs::write(&path, page.replace("</body>", &format!("{USER}</body>"))).unwrap();
    let dom = chromium(&["--dump-dom"], &path);
    assert!(dom.contains("data-ready=\"80\""), "the script ran to its end");
    let seen = dom.split("<pre id=\"seen\">").nth(1).unwrap().split("</pre>").next().unwrap();
    let seen: serde_json::Value =
        serde_json::from_str(&seen.replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")).unwrap();
    // Thresholds 8 and 9 are above every potential: 5 widths x 2 resets x 2 designs without a spike break the constraint.
    for (what, expected) in [
        ("dots", 80),
        ("hollow", 20),
        ("threads", 80),
        ("effects", 3),
        ("rows", 80),
        ("selected", 1),
        ("dim", 79),
        ("filtered", 16),
    ] {
        assert_eq!(seen[what], expected, "{what}: {seen:#}");
    }
    assert!(seen["tip"].as_str().unwrap().contains("neuron.v.bits = "), "{seen:#}");
    assert_eq!((seen["axis"].as_bool(), seen["sorted"].as_str()), (Some(true), Some("9")), "{seen:#}");
}

#[test]
fn the_report_is_seen_on_screen_and_on_paper() {
    let folder = report();
    let path = folder.path().join("out/sweep/report.html");
    let picture = folder.path().join("screen.png");
    chromium(&[&format!("--screenshot={}", picture.display()), "--window-size=1200,3000"], &path);
    assert!(fs::metadata(&picture).unwrap().len() > 50_000, "the picture has something on it");
    let paper = folder.path().join("paper.pdf");
    chromium(&[&format!("--print-to-pdf={}", paper.display())], &path);
    let bytes = fs::read(&paper).unwrap();
    assert!(bytes.starts_with(b"%PDF") && bytes.len() > 20_000, "{} bytes", bytes.len());
}

/// 60 feasible designs, those of the front once more in their frames, and the five widths beside the picture.
#[test]
fn the_front_is_a_picture_of_its_own_as_svg_and_png() {
    let folder = report();
    let out = folder.path().join("out/sweep");
    let front = bitspike(folder.path(), &["sweep", "report", "sweep.toml", "--json"]).json()["front"].clone();
    let front = front.as_array().unwrap().len();
    let svg = fs::read_to_string(out.join("front.svg")).unwrap();
    assert_eq!(svg.matches("class=\"s").count(), 60 + front + 5);
    assert!(
        svg.contains(">neuron.v.bits</text>") && svg.contains(".s0{fill:#332288}") && !svg.contains(".s5{"),
        "{svg}"
    );
    let decoded =
        Command::new("python3").args(["-c", PNG]).arg(out.join("front.png")).output().expect("python3 is installed");
    let found = String::from_utf8_lossy(&decoded.stdout).into_owned();
    assert_eq!(found.trim(), "1640 860 True True", "{}", String::from_utf8_lossy(&decoded.stderr));
}

/// Size of a PNG, whether its corner is white, and whether the first series has its colour somewhere.
const PNG: &str = "
import sys, zlib, struct
data = open(sys.argv[1], 'rb').read()
assert data[:8] == b'\\x89PNG\\r\\n\\x1a\\n'
at, packed = 8, b''
while at < len(data):
    size, kind = struct.unpack('>I4s', data[at:at + 8])
    body = data[at + 8:at + 8 + size]
    assert zlib.crc32(kind + body) == struct.unpack('>I', data[at + 8 + size:at + 12 + size])[0]
    if kind == b'IHDR': width, height = struct.unpack('>II', body[:8])
    if kind == b'IDAT': packed += body
    at += 12 + size
raw = zlib.decompress(packed)
assert len(raw) == height * (1 + 3 * width)
print(width, height, raw[1:4] == b'\\xff\\xff\\xff', bytes([51, 34, 136]) in raw)
";
