//! The routes: tus 1.0.0 under `/v1/packages`, the receipts, the mail, and a sign of life.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Json, Router};
use chrono::{DateTime, Utc};
use homon_domain::ids::DeviceId;
use hyper::body::Body as _;
use tracing::{Instrument, Span, field};

use super::checksum::{self, Checksum};
use super::complete::{Same, Standing, held, standing, standing_with};
use super::identity::Peer;
use super::mail;
use super::metrics::{Counted, Ended};
use super::problem::{Problem, Refused};
use super::receipts;
use super::receive::receive;
use super::shelf::{self, Begun};
use super::state::Intake;
use super::turns::Turn;
use super::tus;
use super::upload::{UploadId, UploadRecord};

/// Uploads of one device that are remembered. A busy tablet begins some hundreds in the week in which they are.
const MOST_BEGUN: usize = 2_000;

pub(super) type Shared = Arc<Intake>;
pub(super) type Answer = Result<Response, Problem>;

pub(super) fn router(intake: Shared) -> Router {
    // tus lets a header name the method, so the methods are told apart here and not by the router.
    Router::new()
        .route("/v1/packages", any(collection))
        .route("/v1/packages/{id}", any(item))
        .layer(middleware::map_response(speak_tus))
        .route("/v1/receipts", get(list_receipts))
        .merge(mail::routes())
        .route("/healthz", get(health))
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::MethodNotAllowed { allowed: "GET" } })
        .layer(middleware::from_fn_with_state(Arc::clone(&intake), log))
        .with_state(intake)
}

async fn speak_tus(mut response: Response) -> Response {
    response.headers_mut().insert(tus::RESUMABLE, HeaderValue::from_static(tus::VERSION));
    response
}

/// One span and one line for each request: the route, never the path, which a stranger could fill with anything.
async fn log(State(intake): State<Shared>, route: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let (method, began) = (request.method().clone(), Instant::now());
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!("request", %method, route, device = field::Empty, package = field::Empty);
    async {
        let response = next.run(request).await;
        let (status, taken) = (response.status().as_u16(), began.elapsed());
        tracing::info!(status, ms = taken.as_millis(), "answered");
        let refusal = response.extensions().get().map(|Refused(code)| *code);
        intake.metrics.answered(route, &method, status, refusal, taken);
        response
    }
    .instrument(span)
    .await
}

async fn health(State(intake): State<Shared>) -> Answer {
    if intake.is_healthy().await {
        Ok(Json(serde_json::json!({ "status": "ok" })).into_response())
    } else {
        Err(Problem::StoreSilent)
    }
}

async fn list_receipts(State(intake): State<Shared>, Extension(peer): Extension<Peer>) -> Answer {
    let device = intake.admit(peer).await?;
    let receipts = receipts::list(&intake.store, device).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(receipts)).into_response())
}

async fn collection(State(intake): State<Shared>, Extension(peer): Extension<Peer>, request: Request) -> Answer {
    let device = intake.admit(peer).await?;
    match tus::method(request.method(), request.headers()) {
        Method::OPTIONS => Ok(options(&intake)),
        Method::POST => create(intake, device, request.headers()).await,
        _ => Err(Problem::MethodNotAllowed { allowed: "OPTIONS, POST" }),
    }
}

async fn item(
    State(intake): State<Shared>,
    Extension(peer): Extension<Peer>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let device = intake.admit(peer).await?;
    let method = tus::method(request.method(), request.headers());
    if method == Method::OPTIONS {
        return Ok(options(&intake));
    }
    tus::require_version(request.headers())?;
    let id: UploadId = id.parse().map_err(|_| Problem::NotFound)?;
    let shared = Arc::clone(&intake);
    match method {
        Method::HEAD => intake.to_the_end(async move { head(&shared, device, &id).await }).await,
        Method::DELETE => intake.to_the_end(async move { delete(&shared, device, &id).await }).await,
        Method::PATCH => {
            let patch = Patch::read(request)?;
            let place = intake.quotas.begin(device)?;
            let receiving = async move {
                let _counted = (place, Counted::by(&shared.metrics.receiving));
                patch.apply(&shared, device, &id).await
            };
            intake.to_the_end(receiving).await
        }
        _ => Err(Problem::MethodNotAllowed { allowed: "OPTIONS, HEAD, PATCH, DELETE" }),
    }
}

fn options(intake: &Intake) -> Response {
    let headers = [
        (tus::SUPPORTED, HeaderValue::from_static(tus::VERSION)),
        (tus::EXTENSION, HeaderValue::from_static(tus::EXTENSIONS)),
        (tus::CHECKSUM_ALGORITHM, HeaderValue::from_static(checksum::ALGORITHMS)),
        (tus::MAX_SIZE, HeaderValue::from(intake.limits.largest())),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

async fn create(intake: Shared, device: DeviceId, headers: &HeaderMap) -> Answer {
    tus::require_version(headers)?;
    tus::refuse_concatenation(headers)?;
    let length = tus::length(headers, intake.limits.largest())?;
    let metadata = tus::metadata(headers)?;
    let record = UploadRecord {
        device,
        subject: metadata.package.subject,
        seal: metadata.package.seal,
        sha256: metadata.sha256,
        length,
        created_at: intake.clock.now(),
    };
    let shared = Arc::clone(&intake);
    let (offset, expires) = intake.to_the_end(async move { create_or_find(&shared, &record).await }).await?;
    let location = format!("/v1/packages/{}", UploadId::of(&metadata.package.of(device), &metadata.sha256));
    // 201 for an upload that was there before as well: strict clients take nothing else.
    let numbers = [(tus::OFFSET, offset)];
    Ok((StatusCode::CREATED, no_store(), expires, [(LOCATION, location)], numbers).into_response())
}

/// Makes the upload, or finds it as it stands. Gives the offset where it continues, and until when.
async fn create_or_find(intake: &Intake, wanted: &UploadRecord) -> Result<(u64, Option<Expires>), Problem> {
    Span::current().record("package", field::display(wanted.package().name()));
    let _turn = intake.turns.take(wanted.id().slot()).await;
    for other in UploadRecord::all_in_slot(&intake.store, &wanted.id(), wanted.device).await? {
        if other.sha256 == wanted.sha256 && other.length == wanted.length {
            continue;
        }
        match standing(intake, &other).await {
            // Complete: it counts, and the wanted bytes are refused below.
            Ok(Standing::Held) => {}
            Ok(Standing::Receiving { .. }) | Err(Problem::DigestMismatch | Problem::AlreadyHeldOtherBytes) => {
                other.discard(&intake.store).await?;
                intake.metrics.ended(Ended::Replaced);
            }
            Err(problem) => return Err(problem),
        }
    }
    if let Some(Same::PackageOnly) = held(intake, &wanted.package(), wanted.sha256).await? {
        // What another process may have received of them can never be held.
        wanted.discard(&intake.store).await?;
        return Err(Problem::AlreadyHeldOtherBytes);
    }
    if UploadRecord::find(&intake.store, &wanted.id(), wanted.device).await?.is_none() {
        may_begin(intake, wanted.device).await?;
        wanted.create(&intake.store).await?;
        intake.metrics.begun.inc();
    }
    let stands = offset_of(intake, wanted).await?;
    tracing::info!(length = wanted.length, offset = stands.0, "upload created");
    Ok(stands)
}

/// Whether the device may begin one more upload.
async fn may_begin(intake: &Intake, device: DeviceId) -> Result<(), Problem> {
    let begun = shelf::of_device(&intake.store, device).await?;
    if begun.len() < MOST_BEGUN { room_beside(intake, &begun).map(drop) } else { Err(Problem::TooManyBegun) }
}

/// How many of the bytes missing may come before one of the device's uploads is finished.
///
/// The upload of which most is there may always go on: whatever else lies beside it, it comes to its end, and its bytes
/// do not lie unfinished any more.
async fn room(intake: &Intake, record: &UploadRecord, missing: u64) -> Result<u64, Problem> {
    let begun = shelf::of_device(&intake.store, record.device).await?;
    let furthest = begun.iter().max_by_key(|begun| begun.bytes);
    if furthest.is_none_or(|furthest| furthest.id == record.id()) {
        return Ok(missing);
    }
    room_beside(intake, &begun).map(|room| room.min(missing))
}

fn room_beside(intake: &Intake, begun: &[Begun]) -> Result<u64, Problem> {
    let lying: u64 = begun.iter().map(|begun| begun.bytes).sum();
    match intake.limits.device.unfinished_bytes.saturating_sub(lying) {
        0 => Err(Problem::TooMuchUnfinished),
        room => Ok(room),
    }
}

/// Until when an upload is kept if nothing more comes of it.
type Expires = [(HeaderName, String); 1];

fn expires(intake: &Intake, changed_at: DateTime<Utc>) -> Expires {
    [(tus::EXPIRES, tus::expires(changed_at + intake.limits.expire_after))]
}

/// Where the upload continues, and until when it is kept; what is held does not expire. Bytes that proved wrong are gone:
/// it continues at zero.
async fn offset_of(intake: &Intake, record: &UploadRecord) -> Result<(u64, Option<Expires>), Problem> {
    match standing(intake, record).await {
        Ok(Standing::Receiving { offset, changed_at }) => Ok((offset, Some(expires(intake, changed_at)))),
        Ok(Standing::Held) => Ok((record.length, None)),
        Err(Problem::DigestMismatch) => Ok((0, Some(expires(intake, intake.clock.now())))),
        Err(other) => Err(other),
    }
}

async fn head(intake: &Intake, device: DeviceId, id: &UploadId) -> Answer {
    let (_turn, record) = take(intake, device, id).await?;
    let (offset, expires) = offset_of(intake, &record).await?;
    let metadata = tus::Metadata { package: record.package().name(), sha256: record.sha256 };
    let numbers = [(tus::OFFSET, offset), (tus::LENGTH, record.length)];
    Ok((StatusCode::OK, no_store(), expires, numbers, [(tus::METADATA, metadata.to_header())]).into_response())
}

async fn delete(intake: &Intake, device: DeviceId, id: &UploadId) -> Answer {
    let (_turn, record) = take(intake, device, id).await?;
    if offset_of(intake, &record).await?.0 == record.length {
        return Err(Problem::AlreadyHeld);
    }
    record.discard(&intake.store).await?;
    intake.metrics.ended(Ended::Terminated);
    tracing::info!("upload terminated");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The upload, and the turn to work on it. Found first, because a stranger must not interrupt anyone; and again, because
/// whoever had the turn may have removed it.
async fn take(intake: &Intake, device: DeviceId, id: &UploadId) -> Result<(Turn, UploadRecord), Problem> {
    find(intake, device, id).await?;
    let turn = intake.turns.take(id.slot()).await;
    Ok((turn, find(intake, device, id).await?))
}

async fn find(intake: &Intake, device: DeviceId, id: &UploadId) -> Result<UploadRecord, Problem> {
    let record = UploadRecord::find(&intake.store, id, device).await?.ok_or(Problem::NotFound)?;
    Span::current().record("package", field::display(record.package().name()));
    Ok(record)
}

pub(super) fn no_store() -> [(HeaderName, &'static str); 1] {
    [(CACHE_CONTROL, "no-store")]
}

/// A PATCH whose headers are in order.
struct Patch {
    offset: u64,
    /// What the body says of its size, in bytes. A chunked body says nothing.
    announced: u64,
    checksum: Option<Checksum>,
    body: Body,
}

impl Patch {
    fn read(request: Request) -> Result<Self, Problem> {
        tus::require_media_type(request.headers())?;
        let offset = tus::offset(request.headers())?;
        let checksum = Checksum::read(request.headers())?;
        let body = request.into_body();
        let announced = body.size_hint().lower();
        Ok(Self { offset, announced, checksum, body })
    }

    async fn apply(self, intake: &Intake, device: DeviceId, id: &UploadId) -> Answer {
        let (mut turn, record) = take(intake, device, id).await?;
        let (offset, _) = offset_of(intake, &record).await?;
        if self.offset != offset {
            return Err(Problem::OffsetMismatch { offset });
        }
        let missing = record.length - offset;
        if self.announced > missing {
            return Err(Problem::BeyondLength);
        }
        let until = offset + if missing > 0 { room(intake, &record, missing).await? } else { 0 };
        let reached = receive(intake, &record, offset..until, self.body, self.checksum, &mut turn).await?;
        let expires = if reached.offset < record.length {
            Some(expires(intake, intake.clock.now()))
        } else {
            match standing_with(intake, &record, reached.sha256).await? {
                Standing::Held => None,
                // Another process took the upload for abandoned, and its bytes away.
                Standing::Receiving { .. } => return Err(Problem::Superseded),
            }
        };
        Ok((StatusCode::NO_CONTENT, no_store(), expires, [(tus::OFFSET, reached.offset)]).into_response())
    }
}
