//! Outputs when things go wrong: kills, full disks, folders that can't be written, two at once.
//!
//! `GRADPROOF_KILLS=200 cargo test kills` tries as many kills; a plain run tries a few.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::project::{OUTPUTS, Project, read};

/// The program as a process that can be killed, with inputs of its own for each number.
fn command(project: &Project, number: u32) -> Command {
    let prepared = project.command(&[]);
    let mut command = Command::new(prepared.get_program());
    command.current_dir(project.path("")).args(["build-pdf", "--set"]);
    command.arg(format!("problem1.step_size=0.{:04}", number + 1));
    for (name, value) in prepared.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Processes of this project's folder that still run.
#[cfg(target_os = "linux")]
fn left_running(project: &Project) -> usize {
    let here = project.path("").canonicalize().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes.filter(|p| fs::read_link(p.path().join("cwd")).is_ok_and(|cwd| cwd == here)).count()
}

#[test]
fn kills_at_any_moment_leave_three_files_of_one_build() {
    let kills: u32 = std::env::var("GRADPROOF_KILLS").map_or(6, |number| number.parse().unwrap());
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    let begun = Instant::now();
    assert!(command(&project, 0).status().unwrap().success());
    let whole = begun.elapsed();

    let (mut completed, mut unfinished) = (0, 0);
    for number in 0..kills {
        let mut build = command(&project, number + 1);
        // Every fifth with a cold cache, which is then what a kill may hit.
        let cold = number % 5 == 4;
        if cold {
            build.env("GRADPROOF_CACHE", project.path("cold"));
        }
        let mut build = build.spawn().unwrap();
        // Steps of the golden ratio fall everywhere; half of them near the end, where files move.
        let at = (f64::from(number) * 0.618_034).fract();
        let at = if number % 2 == 0 { at * 1.1 } else { 0.85 + at * 0.25 };
        sleep(whole.mul_f64(if cold { 4.0 * at } else { at }));
        build.kill().unwrap();
        completed += u32::from(build.wait().unwrap().success());

        let journal = project.path("output/.homework3.ready");
        assert!(project.is_consistent() || journal.exists(), "kill {number}");
        unfinished += u32::from(!project.is_consistent());
        // Whoever comes next puts it in order, even where there is nothing to build.
        project.command(&["check"]).output().unwrap();
        assert!(project.is_consistent(), "kill {number}");
        assert_eq!(project.files("output"), OUTPUTS, "kill {number}");
    }
    println!("{kills} kills, {completed} after the end, {unfinished} between two renames");

    #[cfg(target_os = "linux")]
    {
        let begun = Instant::now();
        while left_running(&project) > 0 {
            assert!(begun.elapsed() < Duration::from_secs(10), "an engine outlives its parent");
            sleep(Duration::from_millis(20));
        }
    }
    // What a kill left in the cache is gone once a build has written there.
    let mut last = command(&project, 0);
    last.env("GRADPROOF_CACHE", project.path("cold"));
    fs::create_dir_all(project.path("cold")).unwrap();
    for name in project.files("cold").iter().filter(|name| name.ends_with(".fmt")) {
        fs::remove_file(project.path("cold").join(name)).unwrap();
    }
    assert!(last.status().unwrap().success());
    let kept = project.files("cold");
    // What is kept of LaTeX and of preambles, and no half of it.
    assert_eq!(kept.iter().filter(|name| name.starts_with("latex-")).count(), 1, "{kept:?}");
    assert!(kept.iter().all(|name| !name.starts_with('.')), "{kept:?}");
}

/// The templates take a while to read, and have a mistake at their end.
#[cfg(target_os = "linux")]
#[test]
fn an_engine_that_began_before_a_mistake_was_found_is_ended() {
    let project = Project::with_templates();
    project.run(&["build-pdf"], 0);
    let long = "<% if true %>x<% endif %>\n".repeat(20_000);
    project.write("templates/long.tex", &format!("{long}<% endif %>\n"));
    let mut build = project.spawn(&["build-pdf"]);
    let mut most = 0;
    let status = loop {
        most = most.max(left_running(&project));
        match build.try_wait().unwrap() {
            Some(status) => break status,
            None => sleep(Duration::from_millis(1)),
        }
    };
    assert_eq!((status.code(), most), (Some(1), 2), "it begins while the templates are read");
    assert_eq!(left_running(&project), 0, "it outlives its parent");

    // Where inputs are wrong there is nothing to begin with.
    project.write("homework.toml", "nothing");
    project.run(&["build-pdf"], 1);
    assert_eq!(left_running(&project), 0);
}

#[test]
fn two_builds_at_once_both_end_well() {
    let project = Project::new();
    let mut builds = [1, 2, 3].map(|number| command(&project, number).spawn().unwrap());
    for build in &mut builds {
        assert!(build.wait().unwrap().success());
    }
    assert!(project.is_consistent());
    assert_eq!(project.files("output"), OUTPUTS);
}

/// Runs a shell script in a mount namespace of its own, with `$0` the program; none where the
/// system does not allow that.
fn with_mounts(project: &Project, script: &str) -> Option<Output> {
    let run = |script: &str| {
        let prepared = command(project, 0);
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-ec", script]);
        command.arg(prepared.get_program()).current_dir(project.path("")).env("NO_COLOR", "1");
        for (name, value) in prepared.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        command.env_remove("SOURCE_DATE_EPOCH").output()
    };
    let allowed = run("mount -t tmpfs -o size=64k tmpfs output");
    allowed.is_ok_and(|output| output.status.success()).then(|| run(script).unwrap())
}

fn fails(output: &Output, texts: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for text in texts {
        assert!(said.contains(text), "{text:?} is not in:\n{said}");
    }
}

#[test]
fn a_full_disk_leaves_the_previous_files() {
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    let before = project.outputs();

    // Files may have 50 blocks, of 512 or 1024 bytes: a limit that fails as a full disk does.
    let prepared = command(&project, 0);
    let script = "trap '' XFSZ; ulimit -f 50; exec \"$0\" build-pdf --set problem1.step_size=0.2";
    let mut limited = Command::new("sh");
    limited.args(["-c", script]).arg(prepared.get_program()).current_dir(project.path(""));
    for (name, value) in prepared.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        limited.env(name, value);
    }
    fails(
        &limited.output().unwrap(),
        &["could not be written", "make room on the disk", "--output"],
    );
    assert!(project.outputs() == before);
    assert_eq!(project.files("output"), OUTPUTS);

    // A disk with room for one build and a half.
    let script = "mount -t tmpfs -o size=400k tmpfs output; \"$0\" build-pdf >/dev/null 2>&1; \
                  cp -r output first; \
                  \"$0\" build-pdf --set problem1.step_size=0.2 || code=$?; \
                  cp -r output second; exit $code";
    let Some(run) = with_mounts(&project, script) else {
        return println!("no mounts allowed here: the small disk was not tried");
    };
    fails(&run, &["No space left on device", "make room on the disk"]);
    assert_eq!(project.files("second"), OUTPUTS);
    for name in OUTPUTS {
        let file = |folder: &str| fs::read(project.path(folder).join(name)).unwrap();
        assert!(file("first") == file("second"), "{name}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let project = Project::new();
    project.run(&["build-pdf"], 0);
    let before = project.outputs();
    let script = "mount --bind output output; mount -o remount,bind,ro output; \
                  exec \"$0\" build-pdf --set problem1.step_size=0.2";
    match with_mounts(&project, script) {
        Some(run) => fails(&run, &["output could not be written", "make it writable", "--output"]),
        None => println!("no mounts allowed here: the read-only folder was not tried"),
    }
    assert!(project.outputs() == before);

    // Removed altogether, it is made again.
    fs::remove_dir_all(project.path("output")).unwrap();
    project.run(&["build-pdf"], 0);
    assert!(project.outputs() == before);
}

#[test]
fn things_in_the_way_are_named_and_stay() {
    let project = Project::new();
    symlink("nowhere", project.path("gone")).unwrap();
    project.write("file", "mine");
    for (output, said) in [
        ("gone", "gone is a link to nowhere"),
        ("file", "file is a file, not a folder"),
        ("file/below", "file/below could not be written"),
    ] {
        project.run(&["build-pdf", "--output", output], 1).says(&[said, "--output DIR"]);
    }
    assert!(!project.path("nowhere").exists());
    assert_eq!(read(&project.path("file")), "mine");

    // A folder under an output's name; the other two are not touched.
    project.write("output/homework3.pdf/mine", "mine");
    project.write("output/homework3.tex", "previous");
    project
        .run(&["build-pdf"], 1)
        .says(&["homework3.pdf could not be written", "move that folder away"]);
    assert_eq!(read(&project.path("output/homework3.tex")), "previous");
    assert_eq!(project.files("output"), ["homework3.pdf", "homework3.tex"]);
    fs::remove_dir_all(project.path("output/homework3.pdf")).unwrap();

    // A dangling link under an output's name becomes the file itself.
    symlink("nowhere", project.path("output/homework3.pdf")).unwrap();
    project.run(&["build-pdf"], 0);
    assert!(!project.path("output/nowhere").exists());
    assert!(project.is_consistent());
}
