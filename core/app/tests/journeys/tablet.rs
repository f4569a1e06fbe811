//! A tablet with the real core, and what it holds, so that "nothing changed" can be seen.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use homon_app::{
    CancellationToken, CaseInput, Error, Homon, PhotoModels, PinCost, PlaceInput, Platform, SoftwareVault, SyncReport,
    VisitStage,
};
use homon_domain::audit::Head;
use homon_domain::case_view::CaseView;
use homon_domain::ids::{CaseId, DeviceId, PartNumber, VisitId};
use homon_domain::platform::{Clock, KeyVault};
use homon_domain::visit::{CheckIn, CheckItem, VisitPlan};
use homon_seal::{PackageKey, Sha256Digest, Subject};
use homon_support::tablet::ScriptClock;
use serde_json::{Value, json};

use crate::personal::refused;
use crate::world::names_below;

/// Who sets a tablet up, and the PIN.
pub(crate) const MANAGER: (&str, &str) = ("manager-01", "508261");

/// The part that a tablet works on when nothing else is said.
pub(crate) const PART: PartNumber = PartNumber::FIRST;

/// A tablet.
pub(crate) struct Tablet {
    pub(crate) homon: Homon,
    folder: PathBuf,
    label: String,
    clock: Arc<ScriptClock>,
}

/// What a tablet holds: every file by its digest, and for who is signed in the stages and the ends of the audit chains.
#[derive(PartialEq, Debug)]
pub(crate) struct Held {
    files: BTreeMap<String, Sha256Digest>,
    stages: Vec<(VisitId, PartNumber, VisitStage)>,
    heads: Vec<Head>,
}

impl Tablet {
    pub(crate) fn new(folder: &Path, label: &str, clock: &Arc<ScriptClock>) -> Self {
        fs::create_dir_all(folder).unwrap();
        let vault = Arc::new(SoftwareVault::open(&folder.join("vault")).unwrap());
        Self::with_vault(folder, label, clock, vault)
    }

    pub(crate) fn with_vault(folder: &Path, label: &str, clock: &Arc<ScriptClock>, vault: Arc<dyn KeyVault>) -> Self {
        Self::open(folder, label, vault, clock, None)
    }

    /// A tablet whose app has the models of faces.
    pub(crate) fn with_models(folder: &Path, label: &str, clock: &Arc<ScriptClock>, models: &PhotoModels) -> Self {
        fs::create_dir_all(folder).unwrap();
        let vault = Arc::new(SoftwareVault::open(&folder.join("vault")).unwrap());
        Self::open(folder, label, vault, clock, Some(models.clone()))
    }

    fn open(
        folder: &Path,
        label: &str,
        vault: Arc<dyn KeyVault>,
        clock: &Arc<ScriptClock>,
        photo_models: Option<PhotoModels>,
    ) -> Self {
        let platform = Platform { vault, clock: Arc::clone(clock) as Arc<dyn Clock>, photo_models };
        let homon = Homon::open(&folder.join("files"), platform, PinCost::cheap()).unwrap();
        Self { homon, folder: folder.to_owned(), label: label.to_owned(), clock: Arc::clone(clock) }
    }

    /// Ends the app and starts it anew; nobody is signed in.
    pub(crate) async fn restart(self) -> Self {
        self.stop().await.start()
    }

    /// Starts the app anew with a key store that `wrap` puts around the tablet's own.
    pub(crate) async fn restart_with(self, wrap: impl FnOnce(SoftwareVault) -> Arc<dyn KeyVault>) -> Self {
        let Stopped { folder, label, clock } = self.stop().await;
        let vault = wrap(SoftwareVault::open(&folder.join("vault")).unwrap());
        Self::with_vault(&folder, &label, &clock, vault)
    }

    /// Lets the app die: nobody signs out.
    pub(crate) fn die(self) -> Stopped {
        Stopped { folder: self.folder, label: self.label, clock: self.clock }
    }

    /// Ends the app, so that its files can be changed from outside.
    pub(crate) async fn stop(self) -> Stopped {
        self.homon.sign_out().await.unwrap();
        Stopped { folder: self.folder, label: self.label, clock: self.clock }
    }

    pub(crate) async fn request(&self) -> String {
        self.homon.enrolment_request(self.label.clone()).await.unwrap()
    }

    pub(crate) async fn accept(&self, token: &str, fingerprint: &str) -> Result<DeviceId, Error> {
        let (staff, pin) = MANAGER;
        self.homon.accept_enrolment(token.to_owned(), fingerprint.to_owned(), staff.to_owned(), pin.to_owned()).await
    }

    pub(crate) async fn sign_in(&self) {
        self.try_sign_in(MANAGER).await.unwrap();
    }

    pub(crate) async fn try_sign_in(&self, (staff, pin): (&str, &str)) -> Result<(), Error> {
        self.homon.sign_in(staff.to_owned(), pin.to_owned()).await.map(drop)
    }

    /// The name under which the city knows this tablet.
    pub(crate) async fn device(&self) -> DeviceId {
        self.homon.ask_for_handover().await.unwrap().device
    }

    pub(crate) fn path(&self, inner: &str) -> PathBuf {
        self.folder.join(inner)
    }

    /// Opens a visit to the care home, as it was planned for the present day.
    pub(crate) async fn open_visit(&self) -> VisitId {
        let plan = plan(&self.clock);
        self.homon.open_visit(plan.clone(), PART, check_in(), Vec::new(), None).await.unwrap();
        plan.id
    }

    pub(crate) async fn receive(&self, visit: VisitId) -> CaseId {
        let place = PlaceInput { room: Some("101".into()), ..PlaceInput::default() };
        self.homon.receive(visit, PART, place).await.unwrap().case.id
    }

    pub(crate) async fn step(&self, visit: VisitId, case: CaseId, input: Value) -> Result<CaseView, Error> {
        self.homon.case_step(visit, PART, case, case_input(input)).await
    }

    /// Receives a resident whose case can be filled: the wish is recorded.
    pub(crate) async fn receive_willing(&self, visit: VisitId) -> CaseId {
        let case = self.receive(visit).await;
        let consent = json!({"input": "consent", "how": "spoken", "explained_by": "worker-01", "explanation": "visit-1",
            "leave_behind": true});
        self.step(visit, case, consent).await.unwrap();
        let answers = json!({"registered_here": true, "move_planned": false});
        self.step(visit, case, json!({"input": "eligibility", "answers": answers})).await.unwrap();
        case
    }

    /// Receives a resident who does not want a card: the shortest way to an even balance.
    pub(crate) async fn receive_unwilling(&self, visit: VisitId) -> CaseId {
        let case = self.receive(visit).await;
        self.step(visit, case, json!({"input": "leave", "leaving": {"outcome": "refused"}})).await.unwrap();
        case
    }

    /// Opens a visit, receives one resident, closes, seals.
    pub(crate) async fn seal_a_visit(&self) -> VisitId {
        let visit = self.open_visit().await;
        self.receive_unwilling(visit).await;
        self.close_and_seal(visit).await;
        visit
    }

    pub(crate) async fn close_and_seal(&self, visit: VisitId) {
        self.homon.close_visit(visit, PART).await.unwrap();
        self.homon.seal_visit(visit, PART).await.unwrap();
    }

    pub(crate) async fn sync(&self) -> Result<SyncReport, Error> {
        self.homon.sync(Arc::new(|_| {}), CancellationToken::new()).await
    }

    /// Fetches receipts and sends nothing: what a sync does that is stopped at once.
    pub(crate) async fn only_fetch(&self) -> Result<SyncReport, Error> {
        let stopped = CancellationToken::new();
        stopped.cancel();
        self.homon.sync(Arc::new(|_| {}), stopped).await
    }

    pub(crate) async fn stage(&self, visit: VisitId) -> VisitStage {
        let today = self.homon.today().await.unwrap();
        today.visits.iter().find(|line| line.visit == visit).unwrap().status
    }

    /// The name under which the city knows one sealing of a visit.
    pub(crate) async fn package(&self, device: DeviceId, visit: VisitId, number: u32) -> PackageKey {
        let subject = Subject::Visit { visit, part: PART };
        PackageKey { device, subject, seal: homon_domain::ids::SealNumber::new(number).unwrap() }
    }

    pub(crate) async fn held(&self) -> Held {
        let today = self.homon.today().await;
        let lines = today.map(|today| today.visits).unwrap_or_default();
        let mut heads = Vec::new();
        for line in lines.iter().filter(|line| line.status.has_file()) {
            heads.extend(self.homon.verify_audit(line.visit, line.part).await.ok());
        }
        let stages = lines.iter().map(|line| (line.visit, line.part, line.status)).collect();
        Held { files: digests(&self.folder), stages, heads }
    }

    /// Holds that something is refused, that the refusal names nobody, and that nothing changed.
    pub(crate) async fn unchanged<T: Debug>(&self, attempt: impl Future<Output = Result<T, Error>>) -> Error {
        let before = self.held().await;
        let error = refused(attempt.await);
        assert_eq!(self.held().await, before, "{error:?} changed something");
        error
    }
}

/// A tablet whose app is not running.
pub(crate) struct Stopped {
    pub(crate) folder: PathBuf,
    label: String,
    clock: Arc<ScriptClock>,
}

impl Stopped {
    pub(crate) fn start(self) -> Tablet {
        Tablet::new(&self.folder, &self.label, &self.clock)
    }

    pub(crate) fn path(&self, inner: &str) -> PathBuf {
        self.folder.join(inner)
    }
}

/// All files by their digests. What SQLite keeps beside its files while they are open says nothing while it is empty.
pub(crate) fn digests(folder: &Path) -> BTreeMap<String, Sha256Digest> {
    let names = names_below(folder).into_iter().filter(|name| !name.ends_with("-shm"));
    let read = names.map(|name| (fs::read(folder.join(&name)).unwrap(), name));
    read.filter(|(bytes, _)| !bytes.is_empty()).map(|(bytes, name)| (name, Sha256Digest::of(&bytes))).collect()
}

/// A visit to the care home on the present day.
pub(crate) fn plan(clock: &ScriptClock) -> VisitPlan {
    let date = homon_domain::visit::japan_time(clock.now()).date_naive();
    let plan = json!({"id": VisitId::make(), "service": "visit_application", "site": "mihon-en", "date": date,
        "from": "09:30:00", "until": "16:30:00"});
    serde_json::from_value(plan).unwrap()
}

/// Everyone is there and everything was checked.
pub(crate) fn check_in() -> CheckIn {
    let staff = ["manager-01", "worker-01", "worker-02", "city-01"].map(|code| code.parse().unwrap());
    CheckIn { staff: staff.into(), checked: CheckItem::ALL.into(), city_asked_for_worker: false }
}

pub(crate) fn case_input(input: Value) -> CaseInput {
    serde_json::from_value(input).unwrap()
}
