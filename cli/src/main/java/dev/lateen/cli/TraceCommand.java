package dev.lateen.cli;

import picocli.CommandLine.Command;

/// `trace`: what the traces of a mesh tell.
@Command(
        name = "trace",
        description = "Look at the traces of a mesh.",
        subcommands = TraceDoctorCommand.class,
        footerHeading = "%nExamples:%n",
        footer = {"  ${ROOT-COMMAND-NAME} trace doctor --zipkin http://127.0.0.1:9411"},
        mixinStandardHelpOptions = true)
final class TraceCommand {}
