package dev.lateen.cli;

import dev.lateen.cli.explain.DryRun;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// The options that say what a request would be that is not sent, as curl takes them.
final class RequestOptions {
    @Option(
            names = {"-X", "--request"},
            paramLabel = "METHOD",
            description = "The method of the request (default: ${DEFAULT-VALUE}).",
            defaultValue = "GET")
    private String method = "GET";

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "A header of the request; Host names another host than the URL's.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--claim",
            paramLabel = "NAME=VALUE",
            description =
                    "A claim of a good token, which routes may ask for; NAME[INNER] within another, again for several"
                            + " values. Tokens in headers are not looked at.")
    private List<String> claims = new ArrayList<>();

    /// @param client whose request it is
    /// @param spec of the command, which is used wrongly where there is no such request
    DryRun.Asked asked(String client, String url, CommandSpec spec) {
        try {
            return DryRun.Asked.of(client, method, url, headers, claims);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
        }
    }
}
