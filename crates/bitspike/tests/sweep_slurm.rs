//! A sweep as a Slurm job array, on a real cluster of one node that the test brings up: tasks killed, the node lost, results merged.
//!
//! Needs Slurm and munge: without them the test fails and says what to install.
#![allow(clippy::unwrap_used)]

mod shell;

use shell::{Call, bitspike, command, pair, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A cluster that ends with the test.
struct Cluster {
    folder: tempfile::TempDir,
}

fn script(verb: &str, folder: &Path) -> Call {
    let script = root().join("scripts/slurm_cluster.sh");
    Command::new("bash").arg(script).arg(verb).arg(folder).output().unwrap().into()
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("slurm").tempdir().unwrap();
        let call = script("start", folder.path());
        let cluster = Cluster { folder };
        assert_eq!(call.code, Some(0), "this test runs a sweep through Slurm\n{}", call.all());
        cluster
    }

    fn conf(&self) -> PathBuf {
        self.folder.path().join("slurm.conf")
    }

    /// The node's own registration may bring it back first; then there is nothing to resume.
    fn bring_back(&self, node: &str) {
        let begin = Instant::now();
        while self.slurm(&["sinfo", "--noheader", "-o", "%T"]).contains("down") {
            assert!(begin.elapsed() < Duration::from_secs(60), "the node stays down");
            let mut resume = Command::new("scontrol");
            resume.args(["update", &format!("nodename={node}"), "state=resume"]).env("SLURM_CONF", self.conf());
            resume.output().unwrap();
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn slurm(&self, words: &[&str]) -> String {
        let output = Command::new(words[0]).args(&words[1..]).env("SLURM_CONF", self.conf()).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        script("stop", self.folder.path());
    }
}

const DESIGNS: u64 = 640;

/// Some seconds of work.
fn files() -> tempfile::TempDir {
    let folder = pair();
    let text = "[sweep]\nname = 'pair'\ncore = 'core.toml'\nstimulus = 'stimulus.toml'\n\
        [[axis]]\nkey = 'neuron.v.bits'\nrange = [6, 25]\n[[axis]]\nkey = 'values.threshold'\nrange = [1, 32]\n\
        [[objective]]\nmetric = 'spikes'\ngoal = 'max'\n[[objective]]\nmetric = 'neuron.v.bits'\ngoal = 'min'\n";
    fs::write(folder.path().join("sweep.toml"), text).unwrap();
    fs::write(
        folder.path().join("stimulus.toml"),
        shell::STIMULUS.replace("time_steps = 3", "time_steps = 3\nrepeat = 4000"),
    )
    .unwrap();
    folder
}

fn start(cluster: &Cluster, folder: &Path) -> Child {
    let mut call = command(folder);
    call.args(["sweep", "run", "sweep.toml", "--json", "--executor", "slurm", "--shards", "3", "--attempts", "4"]);
    call.env("SLURM_CONF", cluster.conf()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Results in the stores of the tasks.
fn done(folder: &Path) -> u64 {
    let count = |task: u32| -> Option<i64> {
        let path = folder.join(format!("out/sweep/shards/{task}.sqlite"));
        let store = path.exists().then(|| rusqlite::Connection::open(path).ok())??;
        store.query_row("SELECT count(*) FROM results", [], |row| row.get(0)).ok()
    };
    (0..3).filter_map(count).sum::<i64>() as u64
}

fn wait_for(folder: &Path, results: u64) {
    let begin = Instant::now();
    while done(folder) < results {
        assert!(begin.elapsed() < Duration::from_secs(120), "the tasks do not get on: {} results", done(folder));
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn finished(child: Child) -> serde_json::Value {
    let call: Call = child.wait_with_output().unwrap().into();
    assert_eq!(call.code, Some(0), "{}", call.all());
    let result = call.json();
    assert_eq!(result["designs"], DESIGNS, "{}", call.all());
    result
}

#[test]
fn a_job_array_survives_a_killed_task_and_a_lost_node() {
    let (cluster, folder) = (Cluster::start(), files());
    let child = start(&cluster, folder.path());
    wait_for(folder.path(), 20);
    // A task dies: Slurm counts it as failed, and the next array has only what it did not finish.
    let task =
        Command::new("pgrep").args(["-f", &format!("sweep task .*{}.*", folder.path().display())]).output().unwrap();
    let task = String::from_utf8_lossy(&task.stdout).lines().last().unwrap().to_owned();
    assert!(Command::new("kill").args(["-9", &task]).status().unwrap().success());
    wait_for(folder.path(), 60);
    // The node goes down and comes back: Slurm puts its tasks back into the queue.
    let node = cluster.slurm(&["sinfo", "--noheader", "-o", "%n"]).trim().to_owned();
    cluster.slurm(&["scontrol", "update", &format!("nodename={node}"), "state=down", "reason=test"]);
    cluster.bring_back(&node);
    // It waits two minutes before it starts them again, which is too long for a test.
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        for job in cluster.slurm(&["squeue", "--noheader", "--array", "-o", "%i %r"]).lines() {
            if let Some(job) = job.strip_suffix(" BeginTime") {
                cluster.slurm(&["scontrol", "update", &format!("jobid={job}"), "starttime=now"]);
            }
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    let result = finished(child);
    assert_eq!(result["tally"]["computed"], DESIGNS);

    let local = files();
    let alone = bitspike(local.path(), &["sweep", "run", "sweep.toml", "--json"]);
    assert_eq!(alone.json()["front"], result["front"]);
    let table = |folder: &Path| fs::read_to_string(folder.join("out/sweep/results.csv")).unwrap();
    assert_eq!(table(folder.path()), table(local.path()), "the cluster's table is this machine's");

    let again = finished(start(&cluster, folder.path()));
    assert_eq!(again["tally"]["found"], DESIGNS, "nothing is sent twice");
}

#[test]
fn without_slurm_the_sweep_says_what_to_install() {
    let folder = files();
    let mut call = command(folder.path());
    let call: Call = call
        .args(["sweep", "run", "sweep.toml", "--executor", "slurm"])
        .env("PATH", "/nowhere")
        .output()
        .unwrap()
        .into();
    assert!(call.code == Some(3) && call.stderr.contains("apt-get install -y slurm-wlm"), "{}", call.all());
}
