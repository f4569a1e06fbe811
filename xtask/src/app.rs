//! The app: compiled and tested by Maven on any machine, photographed, and shown as a window with a city to work with.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use crate::assets::Assets;
use crate::bindings;
use crate::debian;
use crate::process::{capture, program, show};
use crate::setup::Ready;
use crate::stages::Outcome;
use crate::terminal::{heading, step};
use crate::workspace::Workspace;

/// The font that the tablets have too. Without it no Japanese is drawn.
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
/// How often the city of the window looks for requests and packages.
const ROUND: Duration = Duration::from_secs(3);

/// What draws Japanese on this machine.
pub(crate) fn find_font() -> Result<(), String> {
    if Path::new(FONT).exists() { Ok(()) } else { Err("Noto Sans CJK".into()) }
}

/// Installs the font where that may be done.
pub(crate) fn ensure_font() -> Result<(), String> {
    debian::ensure(find_font, &["fonts-noto-cjk"])
}

/// The stage: everything that Maven builds of the app, with the tests of the bindings, on the built library.
pub(crate) fn test(workspace: &Workspace, ready: &Ready) -> Outcome {
    if let Err(reason) = bindings::find_java().and_then(|()| find_font()) {
        return Outcome::Skipped(format!("the app's tests need {reason}"));
    }
    let mut command = maven(workspace, "verify");
    show(command.envs(ready.environment())).map(|()| String::new()).into()
}

/// Draws every screen in every way into a folder.
pub(crate) fn screenshots(workspace: &Workspace, out: &Path, screen: Option<&str>) -> Result<String, String> {
    set_up(workspace, false)?;
    let out = std::path::absolute(out).map_err(|error| error.to_string())?;
    let mut command = maven(workspace, "test");
    command.args(["--projects", "screens", "-Dtest=ScreenshotTest"]);
    command.arg(format!("-Dhomon.screenshots={}", out.display()));
    command.args(screen.map(|name| format!("-Dhomon.screen={name}")));
    show(&mut command)?;
    Ok(format!("the screens are in {}", out.display()))
}

/// Opens the app as a window, with a city of its own that answers enrolments and opens what arrives.
pub(crate) fn window(workspace: &Workspace, folder: &Path, picture: Option<&Path>) -> Result<ExitCode, String> {
    let ready = set_up(workspace, true)?;
    let folder = std::path::absolute(folder).map_err(|error| error.to_string())?;
    let mut package = maven(workspace, "package");
    show(package.args(["--quiet", "--projects", "desk", "--also-make", "-DskipTests"]))?;
    let paths = class_path(workspace)?;
    let city = City::found(workspace, &folder)?;
    heading("the window");
    println!("Give the tablet a name and make the request; the city answers by itself, in {}.", city.outbox.display());
    let models = ready.assets.as_ref().map(Assets::models);
    let portrait = picture.map(Path::to_owned).or_else(|| ready.assets.as_ref().map(Assets::portrait));
    let mut window = program("java");
    window.arg(format!("-Djna.library.path={}", workspace.target.join("debug").display()));
    window.args(["-cp", &paths, "app.homon.desk.MainKt"]).arg(&folder);
    let mut running = window.args(models).args(portrait).spawn().map_err(|error| format!("java: {error}"))?;
    city.works_while(&mut running)
}

fn set_up(workspace: &Workspace, with_core: bool) -> Result<Ready, String> {
    heading("set-up");
    let mut ready = Ready::default();
    ready.java();
    if with_core {
        ready.build_needs();
        ready.assets(workspace);
        bindings::build(workspace)?;
    }
    if ready.missing.is_empty() { Ok(ready) } else { Err(ready.missing.join("; ")) }
}

fn maven(workspace: &Workspace, goal: &str) -> Command {
    let mut command = program("mvn");
    command.args(["--batch-mode", "--no-transfer-progress", "--file"]).arg(workspace.root.join("android/pom.xml"));
    command.arg(format!("-Dhomon.built={}", workspace.target.join("debug").display())).arg(goal);
    command
}

/// What Java needs to run the window.
fn class_path(workspace: &Workspace) -> Result<String, String> {
    let others = step("what the window runs on", || classes(workspace, "runtime"))?;
    let own = workspace.root.join("android/desk/target/classes");
    Ok(format!("{}:{others}", own.display()))
}

/// What Java needs to run the sides of the bench, which stand among the tests of the desk.
pub(crate) fn classes_for_the_bench(workspace: &Workspace) -> Result<String, String> {
    let others = step("the sides on the JVM", || classes(workspace, "test"))?;
    let own = ["classes", "test-classes"].map(|kind| workspace.root.join("android/desk/target").join(kind));
    let own: Vec<_> = own.iter().map(|folder| folder.display().to_string()).collect();
    Ok(format!("{}:{others}", own.join(":")))
}

/// Compiles the desk with its tests, and says on what it stands.
fn classes(workspace: &Workspace, scope: &str) -> Result<String, String> {
    let list = workspace.target.join("app.classpath");
    let mut command = maven(workspace, "package");
    command.args(["--quiet", "--projects", "desk", "--also-make", "-DskipTests", "dependency:build-classpath"]);
    command.arg(format!("-Dmdep.outputFile={}", list.display())).arg(format!("-Dmdep.includeScope={scope}"));
    capture(&mut command)?;
    let others = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    Ok(others.trim().to_owned())
}

/// A city on this machine, for one window.
struct City {
    program: PathBuf,
    folder: PathBuf,
    outbox: PathBuf,
    intake: Child,
}

impl City {
    fn found(workspace: &Workspace, folder: &Path) -> Result<Self, String> {
        let program_path = workspace.target.join("debug").join(format!("homon-city{}", std::env::consts::EXE_SUFFIX));
        let city = folder.join("city");
        let outbox = folder.join("outbox");
        fs::create_dir_all(&outbox).map_err(|error| format!("{}: {error}", outbox.display()))?;
        let port_file = folder.join("port");
        let port = match fs::read_to_string(&port_file) {
            Ok(port) => port,
            Err(_) => first_port(&port_file)?,
        };
        if !city.exists() {
            let rules = folder.join("programme.toml");
            let example = capture(program(&program_path).args(["init", "--example", "shimonoseki"]))?;
            fs::write(&rules, example).map_err(|error| format!("{}: {error}", rules.display()))?;
            let mut init = program(&program_path);
            init.arg("init").arg("--dir").arg(&city).arg("--programme").arg(&rules);
            step("a city", || capture(init.args(["--intake-url", &format!("https://127.0.0.1:{port}")])).map(drop))?;
        }
        let mut serve = program(&program_path);
        serve.arg("serve").arg("--dir").arg(&city).args(["--listen", &format!("127.0.0.1:{port}")]);
        let intake = serve.stdout(Stdio::null()).spawn().map_err(|error| format!("homon-city: {error}"))?;
        Ok(Self { program: program_path, folder: city, outbox, intake })
    }

    /// Answers requests and opens packages until the window is closed.
    fn works_while(mut self, window: &mut Child) -> Result<ExitCode, String> {
        let status = loop {
            if let Some(status) = window.try_wait().map_err(|error| error.to_string())? {
                break status;
            }
            self.answer();
            self.open();
            thread::sleep(ROUND);
        };
        let _ = self.intake.kill();
        let _ = self.intake.wait();
        Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn answer(&self) {
        let (request, answer) = (self.outbox.join("homon-request.txt"), self.outbox.join("homon-enrolment.txt"));
        let newer = |one: &Path, other: &Path| Some(modified(one)? > modified(other)?);
        if !request.exists() || (answer.exists() && newer(&request, &answer) != Some(true)) {
            return;
        }
        let mut enrol = program(&self.program);
        enrol.arg("enrol").arg("--dir").arg(&self.folder).arg(&request).arg("--out").arg(&answer);
        match capture(&mut enrol) {
            Ok(said) => println!("{}\nRead the enrolment from {}.", said.trim(), answer.display()),
            Err(fault) => println!("the city could not answer: {fault}"),
        }
    }

    fn open(&self) {
        let mut open = program(&self.program);
        if let Ok(said) = capture(open.arg("open").arg("--dir").arg(&self.folder))
            && !said.starts_with("0 opened now")
        {
            println!("{}", said.trim());
        }
    }
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|about| about.modified()).ok()
}

/// A free port, kept for the next time: the tablet was enrolled for it.
fn first_port(file: &Path) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port().to_string();
    fs::write(file, &port).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(port)
}
