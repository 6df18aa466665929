using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;
using Codexport.Tests.Acceptance;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Codex;

public sealed class HookInstallationTests : IDisposable
{
    private const string Usual = "pwsh -NoProfile -NonInteractive -Command \"if (Import-Module Codexport -PassThru -ErrorAction Ignore) { Sync-CodexportFollower -Quick }\"";

    private readonly CodexHome _home = new();

    public static TheoryData<string> HooksFiles =>
    [
        "{}", "{}\n", "{ }", "{\n}\n", "",
        """{"hooks":{}}""",
        """{"hooks":{"SessionStart":[]}}""",
        """{"hooks":{"SessionStart":[{"matcher":"startup","hooks":[{"type":"command","command":"echo a"}]}]}}""",
        "{\n  \"hooks\": {\n    \"SessionStart\": [\n      {\n        \"hooks\": [{ \"type\": \"command\", \"command\": \"echo é \\\"x\\\"\" }]\n      }\n    ]\n  }\n}\n",
        "{\r\n\t\"note\": 1,\r\n\t\"hooks\": {\r\n\t\t\"Stop\": [ ]\r\n\t}\r\n}",
        """{ "hooks" : { "SessionStart" : [ { "hooks" : [ ] } , { "matcher":"x", "hooks":[{"type":"command","command":"echo b"}]} ] } }""",
        "{\n    \"hooks\": {\n        \"SessionStart\": [\n        ]\n    }\n}",
    ];

    [Theory]
    [MemberData(nameof(HooksFiles))]
    public async Task Uninstall_AfterInstall_LeavesHooksJsonByteForByte(string text)
    {
        const string Config = "# mine\nmodel = \"x\"\n\n[mcp_servers.a]\ncommand = \"b\" # c\n";
        File.WriteAllText(_home.HooksFile, text);
        File.WriteAllText(_home.ConfigFile, Config);

        var installed = await InstallAsync();
        var status = await StatusAsync();
        await UninstallAsync();

        Assert.True(installed.Changed);
        Assert.True(status is { Installed: true, First: true, Trusted: true, Enabled: true });
        Assert.Equal(text, File.ReadAllText(_home.HooksFile));
        Assert.Equal(Config, File.ReadAllText(_home.ConfigFile));
    }

    [Fact]
    public async Task Uninstall_WhenNothingIsThere_TouchesNothing()
    {
        File.WriteAllText(_home.ConfigFile, "model = \"x\"\n");

        Assert.False((await UninstallAsync()).Changed);

        Assert.False(Directory.Exists(_home.Context.Home.StateFolder));
    }

    [Fact]
    public async Task Restore_WhenWhatCameAfterTheBackupWasChangedSince_TellsThatItWasLeftAlone()
    {
        File.WriteAllText(_home.ConfigFile, "model = \"x\"\n");
        await InstallAsync();
        File.AppendAllText(_home.HooksFile, "\n");
        var follower = new FollowerOperations(_home.Context);
        var backups = await follower.GetBackupsAsync(TestContext.Current.CancellationToken);

        var result = await follower.RestoreBackupAsync(backups[0].Name, TestContext.Current.CancellationToken);

        Assert.Equal("'hooks.json' was left alone: it came after the backup and was changed since.", Assert.Single(result.Warnings));
        Assert.True(File.Exists(_home.HooksFile));
    }

    [Theory]
    [MemberData(nameof(HooksFiles))]
    public async Task Install_WhenOthersAreThere_ComesFirstAndKeepsThem(string text)
    {
        File.WriteAllText(_home.HooksFile, text);
        var before = HooksOf(text);

        await InstallAsync();

        var after = HooksFile.Parse(File.ReadAllBytes(_home.HooksFile), _home.HooksFile).Handlers;
        Assert.Equal(Usual, after[0].Command);
        Assert.Equal("startup|resume|clear|fork", after.First(CodexportHook.IsOurs).Matcher);
        Assert.Equal(before.Select(handler => handler.Command), after.Where(handler => !CodexportHook.IsOurs(handler)).Select(handler => handler.Command));
    }

    [Fact]
    public async Task Install_WhenThereAreNoFiles_MakesThem_AndUninstallTakesThemAway()
    {
        await InstallAsync();
        Assert.True(File.Exists(_home.HooksFile));
        Assert.Contains("hooks.json:session_start:0:0", File.ReadAllText(_home.ConfigFile), StringComparison.Ordinal);

        await UninstallAsync();

        Assert.Empty(_home.Snapshot());
    }

    [Fact]
    public async Task Install_WhenRepeated_ChangesNothing()
    {
        File.WriteAllText(_home.HooksFile, """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"echo a"}]}]}}""");
        await InstallAsync();
        var before = _home.Snapshot();
        var times = before.Keys.ToDictionary(path => path, File.GetLastWriteTimeUtc);

        var again = await InstallAsync();

        Assert.False(again.Changed);
        Assert.Equal(before, _home.Snapshot());
        Assert.All(times, item => Assert.Equal(item.Value, File.GetLastWriteTimeUtc(item.Key)));
    }

    [Fact]
    public async Task Install_WhenHooksAreBehind_MovesTheirStatesAndUninstallMovesThemBack()
    {
        File.WriteAllText(_home.HooksFile, """{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"s"}]}],"SessionStart":[{"hooks":[{"type":"command","command":"a"}]},{"hooks":[{"type":"command","command":"b"},{"type":"command","command":"c"}]}]}}""");
        var config = $"""
            [hooks.state."{_home.HooksFile}:session_start:0:0"] # first
            enabled = false

            [hooks.state."{_home.HooksFile}:session_start:1:1"]
            trusted_hash = "sha256:11"

            [hooks.state."{_home.HooksFile}:stop:0:0"]
            trusted_hash = "sha256:22"

            [hooks.state."/elsewhere/hooks.json:session_start:0:0"]
            trusted_hash = "sha256:33"

            """;
        File.WriteAllText(_home.ConfigFile, config);

        await InstallAsync();
        var states = States();
        await UninstallAsync();

        Assert.False(states[Key("session_start:1:0")].IsEnabled);
        Assert.Equal("sha256:11", states[Key("session_start:2:1")].TrustedHash);
        Assert.Equal("sha256:22", states[Key("stop:0:0")].TrustedHash);
        Assert.Equal("sha256:33", states["/elsewhere/hooks.json:session_start:0:0"].TrustedHash);
        Assert.Equal(5, states.Count);
        Assert.Equal(config, File.ReadAllText(_home.ConfigFile));
    }

    [Fact]
    public async Task Uninstall_WhenCodexWroteMeanwhile_KeepsWhatItWrote()
    {
        File.WriteAllText(_home.HooksFile, """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"a"}]}]}}""");
        File.WriteAllText(_home.ConfigFile, "model = \"x\"\n");
        await InstallAsync();
        File.AppendAllText(_home.ConfigFile, $"\n[hooks.state.\"{Key("session_start:1:0")}\"]\ntrusted_hash = \"sha256:44\"\n\n[projects.\"/p\"]\ntrust_level = \"trusted\"\n");

        await UninstallAsync();

        var config = TomlDocument.Parse(File.ReadAllBytes(_home.ConfigFile));
        Assert.Equal("trusted", config.Find(TomlPath.FromKeys(["projects", "/p", "trust_level"]))?.AsString());
        var state = Assert.Single(States());
        Assert.Equal(Key("session_start:0:0"), state.Key);
        Assert.Equal("sha256:44", state.Value.TrustedHash);
    }

    [Theory]
    [InlineData("[[hooks.SessionStart]]\nmatcher = \"startup\"\n[[hooks.SessionStart.hooks]]\ntype = \"command\"\ncommand = \"echo\"\n")]
    [InlineData("model = \"x\"\n\n# my hook\n[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = \"command\"\ncommand = \"echo\"")]
    [InlineData("hooks = { SessionStart = [ { hooks = [ { type = \"command\", command = \"echo\" } ] } ] }\n")]
    [InlineData("[hooks]\nSessionStart = [ { matcher = \"a\", hooks = [ { type = \"command\", command = \"echo\" } ] } ] # why\n\n[tui]\nx = 1\n")]
    public async Task Install_WhenTheHomeKeepsHooksInConfig_GoesThereAndBack(string text)
    {
        File.WriteAllText(_home.ConfigFile, text);

        await InstallAsync();
        var status = await StatusAsync();
        var handlers = TomlHooks.ReadHandlers(TomlDocument.Parse(File.ReadAllBytes(_home.ConfigFile)).Root);
        await UninstallAsync();

        Assert.Equal(_home.ConfigFile, status.File);
        Assert.True(status is { First: true, Trusted: true });
        Assert.Contains(handlers, handler => handler.Command == "echo");
        Assert.False(File.Exists(_home.HooksFile));
        Assert.Equal(text, File.ReadAllText(_home.ConfigFile));
    }

    [Fact]
    public async Task Install_WithoutTrust_WritesNoStateAndSaysHow()
    {
        var result = await new HookOperations(_home.Context).InstallAsync(new HookInstallOptions { Trust = false }, TestContext.Current.CancellationToken);

        Assert.False(result.Trusted);
        Assert.False(File.Exists(_home.ConfigFile));
        Assert.Contains(result.Warnings, warning => warning.Contains("/hooks", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Install_WhenTheRunnerChanges_ReplacesTheHook()
    {
        await InstallAsync();
        await new HookOperations(_home.Context).InstallAsync(
            new HookInstallOptions { Runner = HookRunner.Native, Program = "/opt/my tools/codexport", Timeout = 20 },
            TestContext.Current.CancellationToken);

        var handler = Assert.Single(HooksFile.Parse(File.ReadAllBytes(_home.HooksFile), "x").Handlers);
        Assert.Equal("\"/opt/my tools/codexport\" sync --apply --quick", handler.Command);
        Assert.Equal(20, handler.Timeout);
        Assert.True((await StatusAsync()).Trusted);
        await UninstallAsync();
        Assert.Empty(_home.Snapshot());
    }

    [Fact]
    public async Task Install_WhenPathsAreNotTheDefault_PutsThemIntoTheCommand()
    {
        var folder = Path.Combine(_home.Root, "it's $here");
        Directory.CreateDirectory(folder);
        var context = _home.Context with { Home = _home.Context.Home with { CodexFolder = folder } };

        var result = await new HookOperations(context).InstallAsync(new HookInstallOptions(), TestContext.Current.CancellationToken);

        var literal = folder.Replace("'", "''", StringComparison.Ordinal).Replace("$", OperatingSystem.IsWindows() ? "$" : "\\$", StringComparison.Ordinal);
        Assert.Equal($"pwsh -NoProfile -NonInteractive -Command \"if (Import-Module Codexport -PassThru -ErrorAction Ignore) {{ Sync-CodexportFollower -Quick -CodexPath '{literal}' }}\"", result.Command);
    }

    [Fact]
    public async Task Install_WhenTheHomeIsALink_TrustsBothSpellings()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Symbolic links need a privilege on Windows.");
        var real = Path.Combine(_home.Root, "real");
        Directory.Move(_home.Codex, real);
        Directory.CreateSymbolicLink(_home.Codex, real);

        await InstallAsync();

        Assert.Equal(
            new[] { $"{_home.Codex}/hooks.json:session_start:0:0", $"{real}/hooks.json:session_start:0:0" }.Order(),
            States().Keys.Order());
        Directory.Delete(_home.Codex);
        Directory.Move(real, _home.Codex);
    }

    [Theory]
    [InlineData("{\"hooks\": [1]}")]
    [InlineData("{\"hooks\": {\"SessionStart\": 3}}")]
    [InlineData("{\"hooks\": ")]
    public async Task Install_WhenHooksJsonIsBroken_RefusesAndChangesNothing(string text)
    {
        File.WriteAllText(_home.HooksFile, text);

        var error = await Assert.ThrowsAsync<CodexportException>(InstallAsync);

        Assert.Equal(ErrorCode.JsonInvalid, error.Code);
        Assert.Equal(text, File.ReadAllText(_home.HooksFile));
        Assert.False(File.Exists(_home.ConfigFile));
    }

    [Fact]
    public void IsOurs_TellsOursFromOthers()
    {
        Assert.True(CodexportHook.IsOurs(Usual));
        Assert.True(CodexportHook.IsOurs("/usr/bin/codexport sync --apply --quick"));
        Assert.True(CodexportHook.IsOurs("\"/o p/codexport\" sync --apply --quick --home \"/x\""));
        Assert.True(CodexportHook.IsOurs(@"C:\tools\codexport.exe sync --quick"));
        Assert.False(CodexportHook.IsOurs("mycodexport sync"));
        Assert.False(CodexportHook.IsOurs("codexport status"));
        Assert.False(CodexportHook.IsOurs("pwsh -c Sync-CodexportFollower"));
        Assert.False(CodexportHook.IsOurs((string?)null));
    }

    [Property]
    public Property InsertThenRemove_ForAnyLayout_GivesTheSameJson()
    {
        var gaps = Gen.Elements("", " ", "\n", "\n  ", "\r\n\t", "  ");
        var layouts =
            from gap in gaps.ListOf(12)
            from groups in Gen.Choose(0, 3)
            from before in Gen.Elements("", "\"x\": [1, {}],")
            select Layout(gap, groups, before);
        return Prop.ForAll(layouts.ToArbitrary(), text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var handler = new HookHandler("SessionStart", 0, 0, "m") { Command = "c \" é", Timeout = 10 };
            var inserted = HooksJsonEditor.InsertFirst(bytes, handler, "x");
            var patch = TextPatch.Between(bytes, inserted);
            var ok = patch.TryRevert(inserted, out var reverted) && reverted.AsSpan().SequenceEqual(bytes);
            var removed = HooksJsonEditor.Remove(inserted, "SessionStart", 0, "x");
            var same = HooksOf(Encoding.UTF8.GetString(removed)).SequenceEqual(HooksOf(text));
            return ok && same && HooksFile.Parse(inserted, "x").Handlers[0] == handler;
        });
    }

    [Fact]
    public void InsertThenRemove_ForAnyFile_GivesBackEveryValueOrIsRefused()
    {
        var handler = new HookHandler(CodexportHook.Event, 0, 0, CodexportHook.Matcher) { Command = Usual, Timeout = 10 };
        var installer = new HookInstaller(_home.Context);
        var refused = 0;
        Prop.ForAll(AnyJson.HooksFile(isCanonical: false).ToArbitrary(), text =>
        {
            var files = new HookFiles(Encoding.UTF8.GetBytes(text), "# mine\n"u8.ToArray());
            HookFiles inserted;
            try
            {
                inserted = installer.Insert(files, handler, trust: true);
            }
            catch (CodexportException error) when (error.Code == ErrorCode.JsonInvalid)
            {
                refused++;
                return;
            }

            var record = new HookRecord(new Dictionary<string, TextPatch> { [CodexLayout.HooksFile] = TextPatch.Between(files.HooksJson, inserted.HooksJson!) });
            Assert.Equal(AnyJson.Essence(text), AnyJson.Essence(Encoding.UTF8.GetString(installer.Remove(inserted, null).HooksJson!)));
            Assert.Equal(text, Encoding.UTF8.GetString(installer.Remove(inserted, record).HooksJson!));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Assert.InRange(refused, 1, 250);
    }

    [Fact]
    public async Task Install_WhenCodexReadsNoHookOfTheFile_SaysWhyAndDoctorToo()
    {
        File.WriteAllText(_home.HooksFile, """{"SessionStart":[{"hooks":[{"type":"command","command":"old"}]}]}""");
        var installed = await InstallAsync();
        Assert.Contains(installed.Warnings, warning => warning.Contains("'SessionStart'", StringComparison.Ordinal));
        Assert.Contains((await StatusAsync()).Problems, problem => problem.Contains("'SessionStart'", StringComparison.Ordinal));
        Assert.False((await InstallAsync()).Changed);
    }

    [Theory]
    [InlineData("""{"hooks":{"SessionStart":[]},"hooks":{}}""")]
    [InlineData("""{"hooks":{"SessionStart":[],"SessionStart":[]}}""")]
    public async Task Install_WhenANameStandsThereTwice_IsRefused(string text)
    {
        File.WriteAllText(_home.HooksFile, text);
        Assert.Equal(ErrorCode.JsonInvalid, (await Assert.ThrowsAsync<CodexportException>(InstallAsync)).Code);
        Assert.Equal(text, File.ReadAllText(_home.HooksFile));
    }

    public void Dispose() => _home.Dispose();

    private static string Layout(List<string> gap, int groups, string before)
    {
        var items = Enumerable.Range(0, groups).Select(index =>
            $"{gap[0]}{{{gap[1]}\"hooks\":{gap[2]}[{{\"type\":\"command\",\"command\":\"{index}\"}}]{gap[3]}}}{gap[4]}");
        return $"{gap[5]}{{{gap[6]}{before}\"hooks\"{gap[7]}:{{{gap[8]}\"SessionStart\":{gap[9]}[{string.Join(',', items)}{gap[10]}]{gap[11]}}}{gap[6]}}}";
    }

    private static List<HookHandler> HooksOf(string text)
        => text.Length == 0 ? [] : [.. HooksFile.Parse(Encoding.UTF8.GetBytes(text), "x").Handlers];

    private string Key(string place) => $"{_home.HooksFile}:{place}";

    private IReadOnlyDictionary<string, HookState> States() => TomlHooks.ReadStates(TomlDocument.Parse(File.ReadAllBytes(_home.ConfigFile)).Root);

    private Task<HookChangeResult> InstallAsync()
        => new HookOperations(_home.Context).InstallAsync(new HookInstallOptions(), TestContext.Current.CancellationToken);

    private Task<HookChangeResult> UninstallAsync() => new HookOperations(_home.Context).UninstallAsync(dryRun: false, TestContext.Current.CancellationToken);

    private Task<HookStatusResult> StatusAsync() => new HookOperations(_home.Context).GetStatusAsync(TestContext.Current.CancellationToken);
}
