// SPDX-License-Identifier: Apache-2.0
package dev.bulla.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class MappedFileTest {
  private static List<String> mapping(String head, String anonymous, String swap) {
    return List.of(
        head,
        "Size:                 16 kB",
        "Rss:                  16 kB",
        "Anonymous:  " + anonymous + " kB",
        "Swap:       " + swap + " kB",
        "VmFlags: rd mr mw me ");
  }

  private static List<MappedFile> unchanged(String permissions, String inode, String anonymous) {
    return unchanged(permissions, inode, anonymous, "       0");
  }

  private static List<MappedFile> unchanged(
      String permissions, String inode, String anonymous, String swap) {
    return MappedFile.unchanged(
        mapping(
            "7f0000001000-7f0000005000 " + permissions + " 00010000 fe:00 " + inode + "   /a file",
            anonymous,
            swap));
  }

  @Test
  void unchanged_findsTextAndConstants() {
    MappedFile expected = new MappedFile(0x7f0000001000L, 0x4000);
    assertThat(unchanged("r-xp", "42", "       0")).containsExactly(expected);
    assertThat(unchanged("r--p", "42", "0")).containsExactly(expected);
  }

  // What was written there is in no file, and would be lost.
  @Test
  void unchanged_leavesWhatWasOrMayBeWritten() {
    assertThat(unchanged("r--p", "42", "       4")).isEmpty();
    assertThat(unchanged("r--p", "42", "       0", "       4")).isEmpty();
    assertThat(unchanged("rw-p", "42", "       0")).isEmpty();
    assertThat(unchanged("rwxp", "42", "       0")).isEmpty();
  }

  @Test
  void unchanged_takesEachMappingForItself() {
    List<String> both =
        Stream.of(
                mapping("7f0000001000-7f0000005000 r--p 0 fe:00 42 /a", "0", "4"),
                mapping("7f0000005000-7f0000006000 r--p 0 fe:00 42 /a", "4", "0"))
            .flatMap(List::stream)
            .toList();
    assertThat(MappedFile.unchanged(both)).isEmpty();
  }

  @Test
  void unchanged_leavesWhatIsNoPrivateFile() {
    assertThat(unchanged("r--p", "0", "       0")).isEmpty();
    assertThat(unchanged("r--s", "42", "       0")).isEmpty();
    assertThat(unchanged("---p", "42", "       0")).isEmpty();
    assertThat(MappedFile.unchanged(mapping("7f0000001000-7f0000005000 r--p 0 fe:00", "0", "0")))
        .isEmpty();
    assertThat(MappedFile.unchanged(List.of("Anonymous: 0 kB", "Swap: 0 kB"))).isEmpty();
  }
}
