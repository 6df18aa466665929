using Codexport.Cli.Commands;
using Codexport.Cli.Rendering;
using Codexport.Cli.Rendering.Rich;
using Codexport.Engine.Results;

namespace Codexport.Tests.Cli;

/// <summary>
/// What terminals of several widths are shown, with and without colour, and what everything else is given: compared with the texts in
/// <c>tests/data/terminal</c>. CODEXPORT_UPDATE_SNAPSHOTS=1 writes them anew, for a person to look at.
/// </summary>
public sealed class TerminalSnapshotTests
{
    private static readonly DateTime Now = new(2026, 11, 27, 12, 0, 0, DateTimeKind.Local);

    private static readonly StatusResult Follower = new()
    {
        Role = Role.Follower,
        CodexFolder = "/home/me/.codex",
        MasterUrl = "https://master.example.ts.net:17342",
        Fingerprint = new string('a', 64),
        FollowsKeyRotation = false,
        Revision = "0123456789abcdef" + new string('0', 48),
        Files = 1234,
        LastSync = Now.AddMinutes(-5),
        HeadExpires = Now.AddDays(29),
        LastError = "DriftRefused",
        LastErrorMessage = "config.toml: model was changed here, and onDrift = \"fail\" in local.toml keeps it from being replaced.",
        Drift = ["config.toml: model", "skills/one/SKILL.md"],
    };

    private static readonly DiagnosticReport Report = new(
    [
        new("Codex", DiagnosticLevel.Ok, "codex 0.171.0 at /usr/bin/codex."),
        new("Hook", DiagnosticLevel.Warning, "The hook is installed, and Codex does not trust it: it asks before it runs.", "Run 'codexport hook install' again, or trust it in Codex with /hooks."),
        new("Master", DiagnosticLevel.Error, "The master cannot be reached at https://master.example.ts.net:17342.", "Look whether it runs."),
        new("Service", DiagnosticLevel.Skipped, "This machine is not a master."),
    ]);

    private static readonly IReadOnlyList<FollowerInfo> Followers =
    [
        new("0000000000aa", "new [red]laptop[/]", FollowerState.Pending, "100.64.0.9", "macos", "0.1.0", null, null, Now.AddHours(-1), null, null),
        new("0000000000bb", "build-server-with-a-long-name", FollowerState.Approved, "100.64.0.2", "linux", "0.1.0", new string('1', 64), null, Now.AddDays(-9), Now.AddDays(-3), "DriftRefused") { BehindMoreThan = 19 },
        new("0000000000cc", "desk", FollowerState.Approved, "100.64.0.3", "windows", "0.1.0", new string('2', 64), 2, Now.AddDays(-9), Now.AddMinutes(-7), null),
        new("0000000000dd", "laptop", FollowerState.Approved, "100.64.0.4", "linux", "0.1.0", new string('3', 64), 0, Now.AddDays(-9), Now.AddMinutes(-1), null),
        new("0000000000ee", "lost", FollowerState.Revoked, "100.64.0.5", "linux", "0.1.0", null, null, Now.AddDays(-90), Now.AddDays(-60), null),
    ];

    private static readonly IReadOnlyList<FileDifference> Files =
    [
        new("config.toml", ChangeAction.Update, 40, 60)
        {
            Lines =
            [
                new(DifferenceKind.Place, "@@ -1,2 +1,3 @@"), new(DifferenceKind.Removed, "model = \"a\""), new(DifferenceKind.Added, "model = \"b\""),
                new(DifferenceKind.Added, "token = \"***\""), new(DifferenceKind.Same, "# end"),
            ],
        },
        new("skills/a-skill-with-a-rather-long-name/assets/picture-of-something.png", ChangeAction.Add, null, 9000) { Note = "It is not text." },
        new("skills/old/SKILL.md", ChangeAction.Remove, 12, null) { Lines = [new(DifferenceKind.Place, "@@ -1 +0,0 @@"), new(DifferenceKind.Removed, "# Old")] },
    ];

    private static readonly CompareResult Compared = new(
        Follower.Revision, [new("config.toml", "model", ChangeAction.Update, ChangeReason.Canonical, "\"a\"", "\"b\"")], 0, []);

    public static TheoryData<string, int, bool> Cases()
    {
        var cases = new TheoryData<string, int, bool>();
        foreach (var what in new[] { "status", "doctor", "followers", "diff", "stat" })
        {
            foreach (var width in new[] { 60, 80, 120 })
            {
                cases.Add(what, width, true);
                cases.Add(what, width, false);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Terminal_IsShownTheSameText(string what, int width, bool hasColor)
        => Check($"{what}-{width}{(hasColor ? "-colour" : string.Empty)}", Rich(what, new Terminal(true, hasColor, width, 40)), width);

    [Theory]
    [InlineData("status")]
    [InlineData("diff")]
    [InlineData("stat")]
    public void EverythingElse_IsGivenPlainText(string what)
    {
        var text = Print(writer =>
        {
            if (what == "status")
            {
                StatusCommand.Write(Follower, writer, Now);
            }
            else
            {
                DiffCommand.Write(Compared, Files, what == "stat", writer, Terminal.Plain);
            }
        });
        Assert.DoesNotContain('\u001b', text);
        Check(what + "-plain", text, int.MaxValue);
    }

    [Theory]
    [InlineData("", false, false, true, true)]
    [InlineData("", true, false, false, false)]
    [InlineData("NO_COLOR=1", false, false, true, false)]
    [InlineData("NO_COLOR=", false, false, true, true)]
    [InlineData("", false, true, true, false)]
    [InlineData("CLICOLOR_FORCE=1", true, false, true, true)]
    [InlineData("CLICOLOR_FORCE=0", true, false, false, false)]
    [InlineData("CLICOLOR_FORCE=1 NO_COLOR=1", true, false, true, false)]
    [InlineData("TERM=dumb", false, false, false, false)]
    public void Surroundings_DecideOnLayoutAndColour(string variables, bool isRedirected, bool noColor, bool isRich, bool hasColor)
    {
        var environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var terminal = Terminal.Detect(environment.GetValueOrDefault, isRedirected, noColor, () => (101, 33));
        Assert.Equal((isRich, hasColor), (terminal.IsRich, terminal.HasColor));
        Assert.Equal(isRich && !isRedirected ? (101, 33) : (80, 24), (terminal.Width, terminal.Height));
    }

    [Fact]
    public void Advice_NamesTheMostPressingThing()
    {
        var well = Follower with { LastError = null, LastErrorMessage = null, Drift = [] };
        Assert.Equal("nothing to do", StatusAdvice.For(well, Now));
        Assert.Contains("codexport doctor", StatusAdvice.For(Follower, Now), StringComparison.Ordinal);
        Assert.Contains("codexport diff", StatusAdvice.For(Follower with { Conflicts = ["x"] }, Now), StringComparison.Ordinal);
        Assert.Contains("codexport sync --apply", StatusAdvice.For(Follower with { Conflicts = ["x"], ApplyInterrupted = true }, Now), StringComparison.Ordinal);
        Assert.Contains("codexport apply", StatusAdvice.For(well with { StagedRevision = "x" }, Now), StringComparison.Ordinal);
        Assert.Contains("expired", StatusAdvice.For(well with { HeadExpires = Now.AddDays(-1) }, Now), StringComparison.Ordinal);
        Assert.Contains("codexport master link", StatusAdvice.For(well with { Role = Role.Master, Followers = 0 }, Now), StringComparison.Ordinal);
        Assert.Contains("codexport master dashboard", StatusAdvice.For(well with { Role = Role.Master, Followers = 3 }, Now), StringComparison.Ordinal);
        Assert.Contains("codexport follower join", StatusAdvice.For(well with { Role = Role.None }, Now), StringComparison.Ordinal);
    }

    private static string Rich(string what, Terminal terminal) => Print(writer =>
    {
        switch (what)
        {
            case "status": RichStatus.Write(Follower, writer, terminal, Now); break;
            case "doctor": RichDoctor.Write(Report, writer, terminal); break;
            case "followers": RichFollowers.Write(Followers, writer, terminal); break;
            case "diff": DiffCommand.Write(Compared, Files, isStat: false, writer, terminal); break;
            default: DiffCommand.Write(Compared, Files, isStat: true, writer, terminal); break;
        }
    });

    private static string Print(Action<TextWriter> write)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        write(writer);
        return writer.ToString().ReplaceLineEndings("\n");
    }

    private static void Check(string name, string text, int width)
    {
        var file = Path.Combine(Repository.Root, "tests", "data", "terminal", name + ".txt");
        if (Environment.GetEnvironmentVariable("CODEXPORT_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), text);
        var isLaidOut = !name.StartsWith("diff", StringComparison.Ordinal) && !name.StartsWith("stat-", StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(!isLaidOut || WithoutColor(line).Length <= width, $"'{line}' is wider than {width}."));
    }

    private static string WithoutColor(string line) => System.Text.RegularExpressions.Regex.Replace(line, "\u001b\\[[0-9;]*m", string.Empty);
}
