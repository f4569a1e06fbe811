import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.tools.ToolProvider;

/**
 * `java Unpack.java AARS CLASSES`: takes the classes out of each archive of a folder, and makes the class R that each of
 * them expects. Android's build does both; here no resource compiler is needed, because only the numbers of resources
 * are asked for, not what they hold.
 */
class Unpack {
    private static final Pattern PACKAGE = Pattern.compile("package=\"([^\"]+)\"");
    /** The same name has the same number in every archive: one of them tags a view, another one looks for the tag. */
    private static final Map<String, Integer> NUMBERS = new LinkedHashMap<>();

    public static void main(String[] arguments) throws IOException {
        Path classes = Files.createDirectories(Path.of(arguments[1]));
        Path sources = Files.createTempDirectory("resources");
        List<String> written = new ArrayList<>();
        try (var archives = Files.newDirectoryStream(Path.of(arguments[0]), "*.aar")) {
            for (Path archive : archives) {
                try (FileSystem files = FileSystems.newFileSystem(archive)) {
                    unzip(files.getPath("classes.jar"), classes);
                    Path names = files.getPath("R.txt");
                    if (Files.exists(names) && Files.size(names) > 0) written.add(resources(files, names, sources));
                }
            }
        }
        List<String> options = new ArrayList<>(List.of("-d", classes.toString(), "-nowarn", "--release", "17"));
        options.addAll(written);
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, options.toArray(String[]::new));
        if (result != 0) throw new IOException("the classes R do not compile");
    }

    private static void unzip(Path jar, Path classes) throws IOException {
        if (!Files.exists(jar)) return;
        try (InputStream bytes = Files.newInputStream(jar); ZipInputStream entries = new ZipInputStream(bytes)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Path target = classes.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || !target.startsWith(classes)) continue;
                Files.createDirectories(target.getParent());
                Files.copy(entries, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static String resources(FileSystem files, Path names, Path sources) throws IOException {
        Matcher found = PACKAGE.matcher(Files.readString(files.getPath("AndroidManifest.xml")));
        if (!found.find()) throw new IOException("a manifest without a package");
        Map<String, StringBuilder> types = new TreeMap<>();
        for (String line : Files.readAllLines(names)) {
            String[] words = line.split(" ", 4);
            StringBuilder fields = types.computeIfAbsent(words[1], type -> new StringBuilder());
            boolean isArray = words[0].equals("int[]");
            boolean isIndex = !isArray && words[1].equals("styleable");
            String value = isArray ? "{}" : isIndex ? words[3] : "" + number(words[1], words[2]);
            fields.append("public static final ").append(words[0]).append(' ').append(words[2]).append(" = ").append(value).append(";\n");
        }
        StringBuilder text = new StringBuilder("package " + found.group(1) + ";\npublic final class R {\n");
        types.forEach((type, fields) -> text.append("public static final class ").append(type).append(" {\n").append(fields).append("}\n"));
        Path file = sources.resolve(found.group(1).replace('.', '/')).resolve("R.java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.append("}\n"));
        return file.toString();
    }

    /** As Android numbers them: the application's package, a type, an entry. */
    private static int number(String type, String name) {
        List<String> types = List.of("attr", "bool", "color", "dimen", "drawable", "id", "integer", "layout", "string", "style");
        int kind = types.indexOf(type) + 2;
        return 0x7f000000 | kind << 16 | NUMBERS.computeIfAbsent(type + "/" + name, key -> NUMBERS.size() + 1);
    }
}
