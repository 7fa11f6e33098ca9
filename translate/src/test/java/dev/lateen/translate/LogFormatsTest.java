package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import org.junit.jupiter.api.Test;

class LogFormatsTest {
    private static SubstitutionFormatString provider(String yaml) {
        if (new YamlReader(YamlLimits.DEFAULT).read(yaml, "provider").getFirst()
                        instanceof YamlDocument.Read(var root, var _)
                && root instanceof Mapping mapping) {
            return LogFormats.ofProvider(new Fields(mapping));
        }
        throw new AssertionError("no mapping: " + yaml);
    }

    @Test
    void keepsTheTreeOfLabels() throws InvalidProtocolBufferException {
        SubstitutionFormatString format = provider("""
                logFormat:
                  labels:
                    status: "%RESPONSE_CODE%"
                    answer: {size: "%BYTES_SENT%", kept: true, of: [1, 0x1f, null]}
                """);
        assertThat(JsonParser.parseString(JsonFormat.printer().print(format.getJsonFormat())))
                .isEqualTo(JsonParser.parseString("""
                        {"status": "%RESPONSE_CODE%",
                         "answer": {"size": "%BYTES_SENT%", "kept": true, "of": [1.0, "0x1f", null]}}"""));
        assertThat(format.getOmitEmptyValues()).isFalse();
    }

    @Test
    void namesTheExtensionOfAnOperatorDeepInTheTree() {
        assertThat(provider("logFormat: {labels: {a: [{b: '%REQ_WITHOUT_QUERY(:PATH)%'}]}}")
                        .getFormattersList())
                .singleElement()
                .matches(one -> one.getName().equals("envoy.formatter.req_without_query"));
    }

    @Test
    void leavesOutEmptyValuesWhereTheProviderSays() {
        assertThat(provider("{omitEmptyValues: true, logFormat: {labels: {a: '%ROUTE_NAME%'}}}")
                        .getOmitEmptyValues())
                .isTrue();
        assertThat(provider("omitEmptyValues: true").getOmitEmptyValues()).isTrue();
    }
}
