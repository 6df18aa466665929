using System.Diagnostics;
using System.Text;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;
using Codexport.Tests.Follower.Composing;
using FsCheck.Fluent;

namespace Codexport.Tests.Acceptance;

/// <summary>The real Codex accepts what is composed and trusts the hooks that it shall trust.</summary>
public sealed class ComposedForCodexTests : IDisposable
{
    private const string Hooks =
        """{"hooks":{"SessionStart":[{"matcher":"startup","hooks":[{"type":"command","command":"${home}/a.sh","timeout":5}]}]}}""";

    // Each is sound on its own; together they meet as header, dotted and inline spellings of the same tables.
    private static readonly string[] Lines =
    [
        "model = 'gpt-5'\n", "model = \"gpt-5-codex\" # mine\n", "# a comment\n", "approval_policy = 'on-request'\n", "tui.animations = false\n",
        "tui = { animations = true, notifications = true }\n", "[tui]\nanimations = true\n", "[tui]\nnotifications = ['agent-turn-complete']\n",
        "mcp_servers.a = { command = 'x', args = ['1'] }\n", "[mcp_servers.a]\ncommand = 'y'\n[mcp_servers.a.env]\nK = 'v'\n",
        "[mcp_servers.b]\nurl = 'https://example.com/mcp'\n", "[mcp_servers]\nb.command = 'z'\n", "[[skills.config]]\npath = '/a'\nenabled = false\n",
        "[[skills.config]]\npath = '/b'\nenabled = true\n", "[projects.'/p']\ntrust_level = 'trusted'\n", "[projects]\n'/q'.trust_level = 'trusted'\n",
        "[notice]\nhide_full_access_warning = true\n", "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = 'command'\ncommand = 'x'\n",
        "[hooks.state.'/h/hooks.json:stop:0:0']\nenabled = false\n",
    ];

    private readonly FollowerRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task ComposedHome_IsAcceptedByCodex()
    {
        _rig["config.toml"] = """
            # mine
            model = "gpt-5"
            tui.notifications = true

            [projects."/p"]
            trust_level = "trusted"

            [mcp_servers.mine]
            command = "mine"
            env = { K = "v" }

            """;
        _rig["hooks.json"] = """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"mine"}]}]}}""";
        _rig.TrustedHooks.Add(HookTrust.Hash(HooksFile.Parse(Encoding.UTF8.GetBytes(Hooks), "h").Handlers[0], PathStyle.Current)!);
        _rig.Overlay("mcps.local.toml", "[mcp_servers.extra]\nurl = 'https://example.com/mcp'\n");
        _rig.Master("hooks.json", Hooks).Master("fast.config.toml", "model_reasoning_effort = 'low'\n").Master("config.toml", """
            # The team's setup
            model = "gpt-5-codex"
            approval_policy = "on-request"

            [tui]
            animations = false

            # Servers
            [mcp_servers.docs]
            command = "${home}/bin/docs"
            args = ["--root", "${codexDir}/docs"]

            [[skills.config]]
            path = "${codexDir}/skills/a"
            enabled = false

            """);
        await _rig.Sync();
        Assert.Equal(string.Empty, await Rejection());
        _rig["config.toml"] = _rig["config.toml"]!.Replace("[tui]", "[tui]\ntheme = \"nord\"", StringComparison.Ordinal);
        _rig.Master("config.toml", "# The team's other setup\nmodel = \"gpt-5-codex\"\n\n[tui]\nanimations = true\n");
        await _rig.Sync();
        Assert.Equal(string.Empty, await Rejection());
        Assert.Contains("theme = \"nord\"", _rig["config.toml"], StringComparison.Ordinal);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task RandomCompositions_AreAcceptedByCodex()
    {
        var documents = Gen.Elements(Lines).ListOf(12).Select(lines => lines.OrderBy(line => line[0] == '[').Aggregate(string.Empty, (text, line) => IsValid(text + line) ? text + line : text));
        var samples = Gen.Three(documents).Sample(20, 20).ToList();
        foreach (var (@base, local, generated) in samples)
        {
            var merged = ConfigMerging.Merge(ConfigMerging.Policy() with { AllowedServers = ["a", "b"] }, @base, local, generated);
            _rig["config.toml"] = merged.Text;
            Assert.True(await Rejection() == string.Empty, $"--- base\n{@base}--- local\n{local}--- generated\n{generated}--- merged\n{merged.Text}");
        }
    }

    private static bool IsValid(string text) => TomlDocument.TryParse(Encoding.UTF8.GetBytes(text), "t", out _, out _);

    // What Codex says against the home; empty when it would start.
    private async Task<string> Rejection()
    {
        var codex = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "codex.exe" : "codex")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(codex is null, "No codex is on the PATH.");
        var start = new ProcessStartInfo(codex, ["app-server", "--print-startup-config"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CODEX_HOME"] = _rig.Context.Home.CodexFolder;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(process.ExitCode == 2, "This codex cannot check a configuration.");
        return process.ExitCode == 0 ? string.Empty : await output + errors;
    }
}
