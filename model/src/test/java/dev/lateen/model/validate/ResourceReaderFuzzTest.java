package dev.lateen.model.validate;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Files as somebody may have written them. Inputs found so far are in `ResourceReaderFuzzTestInputs`.
class ResourceReaderFuzzTest {
    private final ResourceReader reader = ResourceReader.create();

    /// And what validation lets through makes a mesh.
    @FuzzTest(maxDuration = "60s")
    void findsFaultOrMakesAMesh(byte[] text) {
        List<RawResource> valid = new ArrayList<>();
        for (ParsedResource parsed : reader.read(new String(text, StandardCharsets.UTF_8), "fuzz.yaml")) {
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                valid.add(resource);
            }
        }
        if (!valid.isEmpty()) {
            SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
            builder.put(valid);
            builder.build();
        }
    }
}
