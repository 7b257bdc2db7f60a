package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/topology.md shows can be applied as it stands there. */
class TopologyDocsTest {
    private static final Pattern SNIPPET = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    @Test
    void everySnippetIsATopology() throws IOException {
        String docs = Files.readString(Path.of("../docs/topology.md"));
        List<String> snippets =
                SNIPPET.matcher(docs).results().map(MatchResult::group).toList();
        assertThat(snippets).hasSizeGreaterThan(1);
        for (String snippet : snippets) {
            String yaml = snippet.substring("```yaml\n".length(), snippet.length() - 3);
            assertThat(TopologyFile.parse("docs/topology.md", yaml).wires()).isNotEmpty();
        }
    }
}
