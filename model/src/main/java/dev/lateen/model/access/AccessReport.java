package dev.lateen.model.access;

import java.util.List;

/// What becomes of a question at each kind of workload behind the service.
///
/// @param request in one line
public record AccessReport(String client, String request, List<Answer> answers) {
    public AccessReport {
        answers = List.copyOf(answers);
    }

    /// @param workload `name.namespace`
    /// @param status what the client would see: `200` stands for whatever the workload answers, `403`, `401`, or
    ///     `reset`
    /// @param by the kind, name and rule that decides; empty where nothing forbids
    /// @param at `file:line` of it, empty where there is none
    /// @param because the reason in words
    /// @param steps everything that was looked at, in order
    public record Answer(
            String workload, boolean allowed, String status, String by, String at, String because, List<Step> steps) {
        public Answer {
            steps = List.copyOf(steps);
        }
    }

    /// @param stage `mutual TLS`, `token`, `CUSTOM`, `DENY`, `ALLOW` or `AUDIT`
    /// @param what policy and rule
    public record Step(String stage, String what, String outcome, String at) {}

    /// Whether every workload would take it.
    public boolean allowed() {
        return !answers.isEmpty() && answers.stream().allMatch(Answer::allowed);
    }
}
