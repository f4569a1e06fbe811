//! Bytes from tablets to the city: our client and `curl`, our intake and `@tus/server`, each a process of its own.
//!
//! The plain PUT that `curl` speaks to is served by the same process as the intake, behind TLS of the same making, and
//! makes what it received as durable as the intake does.

mod client;
mod growth;
mod put;
mod rows;
mod server;
mod watch;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;

pub(crate) use self::growth::growth;
pub(crate) use self::rows::rows;
pub(crate) use self::server::Serving;
pub(crate) use self::watch::Watched;
use crate::Result;

/// One of the processes.
#[derive(Subcommand)]
pub(crate) enum Role {
    /// The intake of a city, and beside it a plain PUT.
    Serve { city: PathBuf, listen: SocketAddr },
    /// One tablet with one file.
    Send(client::Sending),
    /// Many tablets at once, each with small files.
    Crowd {
        /// Where the lists of tablets and files is, as JSON.
        list: PathBuf,
        address: SocketAddr,
    },
}

/// Does the work of one process.
pub(crate) fn run(role: &Role) -> Result<()> {
    match role {
        Role::Serve { city, listen } => server::serve(city, *listen),
        Role::Send(sending) => client::send(sending),
        Role::Crowd { list, address } => client::crowd(list, *address),
    }
}
