//! What the lab promises, tested from outside: one binary, so that it links once.

mod broken;
mod check;
mod contract;
mod determinism;
mod failing_server;
mod guide;
mod heap;
mod hostile;
mod lies;
mod oracles;
mod raw;
mod reproduce;
mod retries;
mod scale_run;
mod server_process;
mod stall;
mod support;
mod tidy;
mod two_way;
mod width;
mod wire_bytes;
