using System.Diagnostics;
using System.Text.RegularExpressions;
using Codexport.Engine.Homes;
using Codexport.Engine.Homes.Commands;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Homes;

/// <summary>
/// Commands that a shell reads, written on one machine and run on another by the real shell: what runs is the file that the master meant,
/// with the arguments that it meant, or the command is left out.
/// </summary>
public sealed partial class CommandTextTests : IDisposable
{
    private const string Plain = "alice";

    private static readonly string[] Homes =
    [
        "bob", "Bob Smith", "O'Brien", "a$b", "a$HOME", "back\\slash", "pa(ren)s", "Jürgen Müller", "名前", "semi;colon", "dq\"x", "back`id`tick",
        "star*", "a&b", "#hash", "tilde~", "{a,b}", "a|b", "two  spaces", "new's \"all\" $x `y`", "-dash", "a=b", "ex!cl", "[br]", "nb\u00A0sp", "a'", "\\'",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // P is the path to the script on the machine that reads it; B, S and D spell it without quotes, between single and between double ones.
    private static readonly string[] Templates =
    [
        "{B} one 'two three'",
        "{S} one 'two three'",
        "{D} one 'two three'",
        "exec {B} one \"two three\"",
        "GUARD={B}; \"$GUARD\" one 'two three'",
        "env X=1 Y=2 {B} one 'two three'",
        "X=1 {D} one 'two three'",
        "test -f {B} && {B} one 'two three' || exit 9",
        "if [ -x {D} ]; then {D} one 'two three'; fi",
        "{B} one 'two three' # of {P}",
        "cat < {B} > /dev/null; {B} one 'two three' 2>&1",
        "$(echo {D} | sed 's/^$/x/' > /dev/null; printf %s env) {B} one 'two three'",
        "\"$(printf %s {D})\" one 'two three'",
        "cd \"$(dirname {D})\" && ./g.sh one 'two three'",
        "sh {B} one 'two three'",
        "sh -c {S:{B} one 'two three'}",
        "sh -c {D:exec {B} one 'two three'}",
        "sh -c {D:exec {D} one 'two three'}",
        "sh -ec {S:{S} one 'two three'}",
        "sh -c {S:exec \"$0\" \"$@\"} {B} one 'two three'",
        "env X=1 sh -c {S:{B} one 'two three'}",
        "/usr/bin/env -i /bin/sh -c {S:{D} one 'two three'}",
        "sh -c {S:sh -c {D:{B} one 'two three'}}",
        "bash -lc {S:{B} one 'two three'}",
        "bash --norc -c {D:{S} one 'two three'}",
        "eval {D:{B} one 'two three'}",
        "nohup timeout 10 sh -c {S:{B} one 'two three'}",
        "\"${NOPE:-{P}}\" one 'two three'",
        "${NOPE:-{B}} one 'two three'",
        "for x in {B}; do \"$x\" one 'two three'; done",
        "( {B} one 'two three' )",
        "{ {B} one 'two three'; }",
    ];

    public static TheoryData<string> AllTemplates => [.. Templates];

    [Theory]
    [MemberData(nameof(AllTemplates))]
    public void Command_OnUnix_RunsTheFileThatTheMasterMeant(string template)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The commands are those of a shell of Unix.");
        Assert.SkipWhen(template.Contains("bash", StringComparison.Ordinal) && !File.Exists("/bin/bash"), "There is no bash.");
        foreach (var (master, follower) in Homes.Select(home => (Plain, home)).Concat(Homes.Select(home => (home, "Bob's new $HOME"))))
        {
            var written = Spell(template, ScriptOf(master));
            var isBare = template.Contains("{P}", StringComparison.Ordinal) && !CommandQuoting.IsPlain(master);
            if (isBare || (follower.Contains('=', StringComparison.Ordinal) && template.Contains("env", StringComparison.Ordinal)))
            {
                // env takes a path with an equals sign for a variable, however it is quoted.
                continue;
            }

            var portable = PathsOf(master).EncodeCommand(written, CommandLanguage.Sh);
            Assert.True(!portable.Contains("g.sh", StringComparison.Ordinal) || portable.Contains("${codexDir}", StringComparison.Ordinal), $"{written} became {portable}");
            Assert.True(PathsOf(follower).TryDecodeCommand(portable, CommandLanguage.Sh, out var command, out _));
            if (command is null)
            {
                Assert.True(IsBeyond(template, follower), $"{written} was left out for {follower}");
                continue;
            }

            AssertRuns(follower, command, written);
        }
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("dash")]
    [InlineData("fish")]
    public void Command_IsTheSameToEveryShell(string shell)
    {
        Assert.SkipUnless(Find(shell) is not null, $"There is no {shell} on this machine.");
        foreach (var follower in Homes)
        {
            Assert.True(PathsOf(follower).TryDecodeCommand("${codexDir}/hooks/g.sh one 'two three'", CommandLanguage.Sh, out var command, out _));
            AssertRuns(follower, command!, follower, Find(shell)!);
            Assert.True(PathsOf(follower).TryDecodeCommand($"{shell} -c '${{codexDir}}/hooks/g.sh one \"two three\"'", CommandLanguage.Sh, out command, out _));
            AssertRuns(follower, command!, follower, Find(shell)!);
        }
    }

    [Theory]
    [InlineData("pwsh -NoProfile -Command \"& '${codexDir}/hooks/g.sh' one 'two three'\"")]
    [InlineData("pwsh -NoProfile -Command '& \"${codexDir}/hooks/g.sh\" one \"two three\"'")]
    [InlineData("pwsh -NoProfile -NonInteractive -c '${codexDir}/hooks/g.sh one \"two three\"'")]
    public void Command_OfPowerShell_RunsTheFileThatTheMasterMeant(string portable)
    {
        Assert.SkipUnless(Find("pwsh") is not null, "There is no pwsh on this machine.");
        foreach (var follower in new[] { "bob", "Bob Smith", "O'Brien", "a$b", "Jürgen Müller", "pa(ren)s", "new's \"all\" $x `y`", "typo\u2019s" })
        {
            Assert.True(PathsOf(follower).TryDecodeCommand(portable, CommandLanguage.Sh, out var command, out _));
            AssertRuns(follower, command!, portable);
        }
    }

    public static TheoryData<string> Untouched => new(
        "~/.codex/hooks/g.sh one", "$HOME/.codex/hooks/g.sh", "\"${HOME}/.codex/hooks/g.sh\"", "sh -c 'exec \"$HOME\"/x'", "echo '$HOME' ${X:-y} $$", "", "'open",
        "%USERPROFILE%\\.codex\\x.cmd", "/opt/home/alice/x", "case $x in a) b;; esac", "cat <<EOF\n/opt\nEOF\n");

    [Theory]
    [MemberData(nameof(Untouched))]
    public void Command_WithoutAPathOfTheHome_IsUntouched(string command)
    {
        foreach (var language in Enum.GetValues<CommandLanguage>())
        {
            foreach (var home in Homes)
            {
                var portable = PathsOf(home).EncodeCommand(command, language);
                Assert.True(PathsOf("Bob's $HOME").TryDecodeCommand(portable, language, out var decoded, out _));
                Assert.Equal(command, decoded);
            }
        }
    }

    [Theory]
    [InlineData("`echo ${codexDir}/hooks/g.sh` one")]
    [InlineData("cat <<EOF | sh\n${codexDir}/hooks/g.sh one\nEOF\n")]
    [InlineData("echo 'open ${codexDir}/hooks/g.sh")]
    [InlineData("echo $((${codexDir}))")]
    public void Command_WhereQuotingIsNotFollowed_IsLeftOutUnlessThePathIsPlain(string portable)
    {
        Assert.True(PathsOf("bob").TryDecodeCommand(portable, CommandLanguage.Sh, out var command, out _));
        Assert.NotNull(command);
        Assert.True(PathsOf("Bob Smith").TryDecodeCommand(portable, CommandLanguage.Sh, out command, out _));
        Assert.Null(command);
    }

    // What the follower on Windows gets; null: left out.
    [Theory]
    [InlineData(@"${codexDir}\hooks\g.cmd one", @"C:\Users\Bob", @"C:\Users\Bob\.codex\hooks\g.cmd one")]
    [InlineData("${codexDir}/hooks/g.cmd one", @"C:\Users\Bob", @"C:\Users\Bob\.codex\hooks\g.cmd one")]
    [InlineData("\"${codexDir}/hooks/g.cmd\" one", @"C:\Users\Bob Smith", @"""C:\Users\Bob Smith\.codex\hooks\g.cmd"" one")]
    [InlineData("${codexDir}/hooks/g.cmd one", @"C:\Users\Bob Smith", null)]
    [InlineData("node ${codexDir}/hooks/g.js", @"C:\Users\Bob Smith", null)]
    [InlineData("'${codexDir}/hooks/g.cmd' one", @"C:\Users\Bob Smith", null)]
    [InlineData("${codexDir}/hooks/g.cmd one", @"C:\Users\Bob&Co", null)]
    [InlineData("\"${codexDir}/hooks/g.cmd\" one", @"C:\Users\Bob&Co", @"""C:\Users\Bob&Co\.codex\hooks\g.cmd"" one")]
    [InlineData("\"${codexDir}/hooks/g.cmd\" one", @"C:\Users\100%", null)]
    [InlineData("${codexDir}/hooks/g.cmd one", @"C:\Users\O'Brien", @"C:\Users\O'Brien\.codex\hooks\g.cmd one")]
    [InlineData("${codexDir}/hooks/g.cmd one", @"C:\Users\Jürgen", @"C:\Users\Jürgen\.codex\hooks\g.cmd one")]
    [InlineData("powershell -NoProfile -Command \"& '${codexDir}\\hooks\\g.ps1' one\"", @"C:\Users\Bob O'Brien", @"powershell -NoProfile -Command ""& 'C:\Users\Bob O''Brien\.codex\hooks\g.ps1' one""")]
    [InlineData("powershell -NoProfile -Command \"& ${codexDir}\\hooks\\g.ps1 one\"", @"C:\Users\Bob Smith", @"powershell -NoProfile -Command ""& C:\Users\Bob` Smith\.codex\hooks\g.ps1 one""")]
    [InlineData("powershell -File \"${codexDir}\\hooks\\g.ps1\" one", @"C:\Users\Bob Smith", @"powershell -File ""C:\Users\Bob Smith\.codex\hooks\g.ps1"" one")]
    [InlineData("powershell -File ${codexDir}\\hooks\\g.ps1 one", @"C:\Users\Bob Smith", null)]
    [InlineData("bash -lc \"${codexDir}/hooks/g.sh one\"", @"C:\Users\Bob Smith", @"bash -lc ""'C:'\\'Users'\\'Bob Smith'\\'.codex'/hooks/g.sh one""")]
    [InlineData("cmd /c ${codexDir}\\hooks\\g.cmd", @"C:\Users\Bob Smith", null)]
    [InlineData("cmd /c ${codexDir}\\hooks\\g.cmd", @"C:\Users\Bob", @"cmd /c C:\Users\Bob\.codex\hooks\g.cmd")]
    [InlineData("python -c \"open('${codexDir}/x')\"", @"C:\Users\Bob Smith", @"python -c ""open('C:/Users/Bob Smith/.codex/x')""")]
    [InlineData("\"C:\\tool.exe\" --config=\"${codexDir}\\c d.toml\"", @"C:\Users\Bob Smith", @"""C:\tool.exe"" --config=""C:\Users\Bob Smith\.codex\c d.toml""")]
    public void Command_OnWindows_IsQuotedOrLeftOut(string portable, string home, string? expected)
    {
        var paths = new PortablePaths(PathStyle.Windows, home, home + @"\.codex");
        Assert.True(paths.TryDecodeCommand(portable, CommandLanguage.Cmd, out var command, out _));
        Assert.Equal(expected, command);
    }

    [Theory]
    [InlineData(@"C:\Users\Ann\.codex\hooks\g.sh one\two", "'/Users/Bob Smith/.codex'/hooks/g.sh one\\two")]
    [InlineData(@"""C:\Users\Ann\.codex\hooks\g h.sh"" one", "\"/Users/Bob Smith/.codex/hooks/g h.sh\" one")]
    [InlineData(@"c:/users/ANN/.codex/hooks/g.sh", "'/Users/Bob Smith/.codex'/hooks/g.sh")]
    public void Command_FromWindows_GetsTheSeparatorsOfUnix(string written, string expected)
    {
        var portable = new PortablePaths(PathStyle.Windows, @"C:\Users\Ann", @"C:\Users\Ann\.codex").EncodeCommand(written, CommandLanguage.Cmd);
        Assert.True(new PortablePaths(PathStyle.Unix, "/Users/Bob Smith", "/Users/Bob Smith/.codex").TryDecodeCommand(portable, CommandLanguage.Sh, out var command, out _));
        Assert.Equal(expected, command);
    }

    [Fact]
    public void HomeBehindALink_CountsInBothSpellings()
    {
        var paths = new PortablePaths(PathStyle.Unix, "/home/alice", "/home/alice/.codex", null, ("/var/alice", "/srv/dot/codex"));
        Assert.Equal("${home}/x ${home}/y ${codexDir}/z ${codexDir}/w", paths.Encode("/home/alice/x /var/alice/y /home/alice/.codex/z /srv/dot/codex/w"));
        Assert.Equal("sh -c '${codexDir}/g.sh'", paths.EncodeCommand("sh -c '/srv/dot/codex/g.sh'", CommandLanguage.Sh));
        Assert.Equal("/home/alice/x", paths.Decode("${home}/x", "f", "k"));
    }

    // Only these places have characters that no quoting there can carry.
    private static bool IsBeyond(string template, string home)
        => template.Contains("\"${NOPE", StringComparison.Ordinal) && home.AsSpan().ContainsAny("'\"\\}");

    private PortablePaths PathsOf(string home) => new(PathStyle.Unix, _folder[home], _folder[home] + "/.codex");

    private string ScriptOf(string home) => _folder[home] + "/.codex/hooks/g.sh";

    private void AssertRuns(string home, string command, string written, string shell = "/bin/sh")
    {
        var script = ScriptOf(home);
        if (!File.Exists(script))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(script)!);
            File.WriteAllText(script, "#!/bin/sh\nprintf '%s|' ran \"$@\"\nexit 2\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        var start = new ProcessStartInfo(shell) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(output.Contains("ran|one|two three|", StringComparison.Ordinal), $"{written}\nbecame {command}\nand said {output}{error}");
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    // {S:…} and {D:…} quote what they hold, the innermost first; the signs stand for braces that are part of a path.
    private static string Spell(string template, string path)
    {
        var text = template.Replace("{P}", path.Replace('}', '\0').Replace('{', '\u0001'), StringComparison.Ordinal);
        for (var match = Place().Match(text); match.Success; match = Place().Match(text))
        {
            var inner = match.Groups[2].Success ? match.Groups[3].Value : path.Replace('}', '\0').Replace('{', '\u0001');
            var quoted = match.Groups[1].Value switch { "S" => Single(inner), "D" => Double(inner), _ => Bare(inner) };
            text = text[..match.Index] + quoted + text[(match.Index + match.Length)..];
        }

        return text.Replace('\0', '}').Replace('\u0001', '{');
    }

    [GeneratedRegex(@"\{([SDB])(:([^{}]*))?\}")]
    private static partial Regex Place();

    private static string Single(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string Double(string text)
        => "\"" + string.Concat(text.Select(letter => letter is '"' or '\\' or '$' or '`' ? $"\\{letter}" : $"{letter}")) + "\"";

    private static string Bare(string text)
        => string.Concat(text.Select(letter => letter < 128 && (char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-') ? $"{letter}" : $"\\{letter}"));
}
