//! Whatever the delays and the losses: in the end all have one text.

use super::*;
use proptest::prelude::*;

/// An event comes. If it is the writer's own op, it has come to mean on the server what the writer takes it for.
fn sees(writer: &mut Writer, name: usize, event: &str) -> Result<(), TestCaseError> {
    if let Some(first) = writer.pending.first() {
        let own = format!(r#""from":"{name}","id":{},"#, first.id);
        prop_assert!(
            !event.contains(&own) || event.contains(&first.op.fields()),
            "{}",
            event
        );
    }
    prop_assert_eq!(writer.see(event.as_bytes()), Sight::Next);
    Ok(())
}

proptest! {
    /// Who does something next: 0 types, 1 is heard by the server, 2 sees an event, 3 loses touch, 4 is refused.
    #[test]
    fn all_replicas_have_the_servers_text(steps in prop::collection::vec((0..12_u8, 0..4_usize), 1..300)) {
        let mut documents = Documents::default();
        let mut writers: Vec<_> = (0..4).map(writer).collect();
        let (mut events, mut at): (Vec<String>, _) = (Vec::new(), [0; 4]);
        let mut waiting: Vec<VecDeque<Publish>> = vec![VecDeque::new(); 4];
        let hear = |documents: &mut Documents, events: &mut Vec<String>, writer: &mut Writer, publish: Publish, who: usize| {
            match said(documents, &publish, &who.to_string()) {
                Ok(fields) => events.push(event(events.len() + 1, &fields)),
                Err(refusal) => {
                    assert!(!refusal.bad, "{refusal}: {publish:?}");
                    writer.answered(&publish, Err(&refusal.why));
                }
            }
        };
        for (step, (what, who)) in (0_u64..).zip(steps) {
            match what {
                0..=3 => waiting[who].extend(writers[who].act("op", step * 70_000_000)),
                4..=6 => if let Some(publish) = waiting[who].pop_front() {
                    hear(&mut documents, &mut events, &mut writers[who], publish, who);
                },
                7..=9 => if at[who] < events.len() {
                    sees(&mut writers[who], who, &events[at[who]])?;
                    at[who] += 1;
                },
                10 => {
                    writers[who].load(DOC, events.len() as u64, documents.snapshot(DOC).as_bytes());
                    at[who] = events.len();
                }
                _ => if let Some(publish) = waiting[who].pop_front() {
                    writers[who].answered(&publish, Err("full"));
                },
            }
        }
        for (who, waiting) in waiting.into_iter().enumerate() {
            for publish in waiting {
                hear(&mut documents, &mut events, &mut writers[who], publish, who);
            }
        }
        for (who, writer) in writers.iter_mut().enumerate() {
            for event in &events[at[who]..] {
                sees(writer, who, event)?;
            }
            prop_assert_eq!(state(writer), documents.snapshot(DOC));
            // What came before comes again: nothing changes.
            for event in &events {
                prop_assert_eq!(writer.see(event.as_bytes()), Sight::Next);
            }
            prop_assert_eq!(state(writer), documents.snapshot(DOC));
        }
    }

    #[test]
    fn every_event_left_out_is_noticed(count in 2..20_usize, out: prop::sample::Index) {
        let (mut documents, mut typist, mut reader) = (Documents::default(), writer(0), writer(1));
        let out = out.index(count - 1);
        for index in 0..count {
            let publish = typist.act("op", index as u64 * 200_000_000).remove(0);
            let event = event(index, &said(&mut documents, &publish, "0").expect("a fair op"));
            if index != out {
                let expected = if index < out { Sight::Next } else { Sight::Gap };
                prop_assert_eq!(reader.see(event.as_bytes()), expected);
            }
        }
        reader.load(DOC, count as u64, documents.snapshot(DOC).as_bytes());
        prop_assert_eq!(state(&reader), documents.snapshot(DOC));
    }

    #[test]
    fn no_message_panics(numbers: (u64, u64, u64, u64), ins: String, bytes: Vec<u8>) {
        let (id, rev, pos, del) = numbers;
        let fields = serde_json::json!({ "id": id, "rev": rev % 3, "after": id, "pos": pos, "del": del, "ins": ins });
        let mut documents = Documents::default();
        let _ = receive(&mut documents, "7", &fields.to_string());
        let mut writer = writer(7);
        let fields = fields.to_string();
        writer.see(event(1, &format!(",{}", &fields[1..fields.len() - 1])).as_bytes());
        writer.see(&bytes);
        writer.load(DOC, 1, &bytes);
    }
}
