using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Master;

public sealed class MasterRebuildTests
{
    [Fact]
    public async Task Rebuild_WhenCodexReadsNoHookOfTheMaster_PublishesItAsItIsAndSaysSo()
    {
        const string Torn = """{"hooks":{"SessionStart":[3 , {"hooks":[{"type":"command","command":"a"}]}], "Zap":1.0},"zap":"\ud800"}""";
        using var home = new MasterHome();
        home.Write("hooks.json", Torn);
        var built = await home.InitializeAsync();
        Assert.Contains(built.Warnings, warning => warning.Contains("'zap' is no key", StringComparison.Ordinal));
        Assert.Equal(Torn, home.PublishedText(built.Revision, "hooks.json"));
    }

    [Theory]
    [InlineData("config.toml")]
    [InlineData("hooks.json")]
    [InlineData("agents/one.toml")]
    public async Task Rebuild_WhenAConfigurationIsTooLarge_SaysHowLargeItMayBe(string path)
    {
        using var home = new MasterHome();
        await home.InitializeAsync();
        home.Write(path, "# " + new string('x', 1 << 20));
        var error = await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync());
        Assert.Equal((ErrorCode.LimitExceeded, home[path]), (error.Code, error.Target));
        Assert.Equal($"'{path}' has 1048578 bytes; a file of Codex's configuration has at most 1 MiB.", error.Message);
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1025, "1025 bytes")]
    [InlineData(3 << 20, "3 MiB")]
    [InlineData(2L << 30, "2 GiB")]
    public void Size_IsInTheLargestWholeUnit(long bytes, string words) => Assert.Equal(words, BuildLimits.Size(bytes));

    [Fact]
    public async Task Initialize_PublishesTheHomeAndIsRepeatable()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "hello");
        home.Write("auth.json", """{"tokens":{"refresh_token":"r"}}""");
        var first = await home.InitializeAsync(12345);
        Assert.Equal(Role.Master, first.Role);
        Assert.Equal(2, first.Files);
        Assert.Contains(first.Warnings, warning => warning.Contains("refresh token", StringComparison.Ordinal));
        Assert.Contains("12345", await File.ReadAllTextAsync(home.Context.Home.SettingsFile, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var second = await home.InitializeAsync();
        Assert.Equal((first.Fingerprint, first.Revision), (second.Fingerprint, second.Revision));
        using var identity = MasterIdentity.Load(home.Context);
        Assert.Equal(first.Revision, home.Revisions.ReadHead(identity)!.Revision.ToString());
    }

    [Fact]
    public async Task Initialize_OnAFollower_IsRefusedAndChangesNothing()
    {
        using var home = new MasterHome();
        home.Settings("role = \"follower\"\n");
        var error = await Assert.ThrowsAsync<CodexportException>(() => home.InitializeAsync());
        Assert.Equal(ErrorCode.RoleConflict, error.Code);
        Assert.Equal([home.Context.Home.SettingsFile], Directory.GetFileSystemEntries(home.Context.Home.StateFolder));
    }

    [Fact]
    public async Task Rebuild_OnNoMaster_IsRefusedAndChangesNothing()
    {
        using var home = new MasterHome();
        Assert.Equal(ErrorCode.NotMaster, (await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync())).Code);
        Assert.False(Directory.Exists(home.Context.Home.StateFolder));
    }

    [Fact]
    public async Task Rebuild_TellsWhatChanged()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "one");
        home.Write("skills/a/1");
        foreach (var index in Enumerable.Range(0, 8))
        {
            home.Write($"skills/b/{index}");
        }

        var first = await home.InitializeAsync();
        Assert.Equal(RebuildStatus.Current, (await home.RebuildAsync()).Status);
        home.Write("AGENTS.md", "two", DateTime.UtcNow);
        home.Write("prompts/p.md");
        File.Delete(home["skills/a/1"]);
        var second = await home.RebuildAsync();
        Assert.Equal((RebuildStatus.Published, first.Revision), (second.Status, second.PreviousRevision));
        Assert.Equal(["prompts/p.md"], second.Added);
        Assert.Equal(["AGENTS.md"], second.Changed);
        Assert.Equal(["skills/a/1"], second.Removed);
        Assert.Equal("two", home.PublishedText(second.Revision, "AGENTS.md"));
        Assert.Equal([first.Revision, second.Revision], home.Revisions.List().Select(published => published.Revision.ToString()));

        // Without its memory it comes to the same.
        File.Delete(RevisionBuilder.CacheFile(home.Context));
        var third = await home.RebuildAsync();
        Assert.Equal((RebuildStatus.Current, second.Revision), (third.Status, third.Revision));
    }

    [Fact]
    public async Task Rebuild_WhenContentChangesUnderAnEqualTime_FindsItWhileTheTimeIsYoung()
    {
        using var home = new MasterHome();
        var now = DateTime.UtcNow;
        home.Write("AGENTS.md", "one", now);
        await home.InitializeAsync();
        home.Write("AGENTS.md", "two", now);
        Assert.Equal(["AGENTS.md"], (await home.RebuildAsync()).Changed);
    }

    [Fact]
    public async Task Rebuild_WhenTimesChangeAlone_IsCurrent()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "one");
        var first = await home.InitializeAsync();
        home.Write("AGENTS.md", "one", DateTime.UtcNow.AddDays(-3));
        var second = await home.RebuildAsync();
        Assert.Equal((RebuildStatus.Current, first.Revision), (second.Status, second.Revision));
    }

    [Fact]
    public async Task Rebuild_WhenCacheIsDamaged_BuildsTheSame()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "one");
        home.Write("skills/a/b", "two");
        var first = await home.InitializeAsync();
        var file = RevisionBuilder.CacheFile(home.Context);
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        for (var index = 0; index < bytes.Length; index += 7)
        {
            var damaged = bytes.ToArray();
            damaged[index] ^= 0x40;
            await File.WriteAllBytesAsync(file, damaged, TestContext.Current.CancellationToken);
            var result = await home.RebuildAsync();
            Assert.Equal((RebuildStatus.Current, first.Revision), (result.Status, result.Revision));
        }
    }

    [Fact]
    public async Task Rebuild_MakesConfigurationPortable()
    {
        using var home = new MasterHome();
        var codex = home.Codex;
        home.Write("config.toml", $$"""
            # mine
            model = "m" # kept
            notify = ['{{home.Path}}/bin/n', "${HOME}"]
            [projects."{{home.Path}}/p"]
            trust_level = "trusted"
            [mcp_servers."{{codex}}/s"]
            command = "{{codex}}/s"
            """);
        home.Write("hooks.json", $$$"""{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"{{{codex}}}/h.sh"}]}]}}""");
        var handler = new HookHandler("Stop", 0, 0, null) { Command = $"{codex}/h.sh" };
        await File.AppendAllTextAsync(
            home["config.toml"],
            $"\n[hooks.state.\"{codex}/hooks.json:stop:0:0\"]\ntrusted_hash = \"{HookTrust.Hash(handler, PathStyle.Unix)}\"\n",
            TestContext.Current.CancellationToken);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths are spelled as on Unix.");

        var result = await home.InitializeAsync();
        var text = home.PublishedText(result.Revision, "config.toml");
        Assert.StartsWith("# mine\nmodel = \"m\" # kept\nnotify = ['${home}/bin/n', \"$${HOME}\"]\n", text, StringComparison.Ordinal);
        Assert.Contains("[mcp_servers.\"${codexDir}/s\"]\ncommand = \"${codexDir}/s\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("projects", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hooks.state", text, StringComparison.Ordinal);
        Assert.Equal(
            """{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"${codexDir}/h.sh"}]}]}}""", home.PublishedText(result.Revision, "hooks.json"));
        Assert.Equal(
            [HookTrust.Hash(handler with { Command = "${codexDir}/h.sh" }, PathStyle.Unix)!], home.Published(result.Revision).TrustedHooks);

        home.Settings("role = \"master\"\ncanonicalKeys = [\"projects\"]\n");
        var second = await home.RebuildAsync();
        Assert.Contains("[projects.\"${home}/p\"]", home.PublishedText(second.Revision, "config.toml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.toml", "a = 1\nb = ", ErrorCode.TomlInvalid)]
    [InlineData("hooks.json", "{", ErrorCode.JsonInvalid)]
    public async Task Rebuild_WhenAFileIsBroken_KeepsTheLastRevision(string path, string text, ErrorCode code)
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md");
        var first = await home.InitializeAsync();
        var head = home.Revisions.ReadHeadEnvelope();
        home.Write(path, text);
        var error = await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync());
        Assert.Equal(code, error.Code);
        Assert.Contains(error.Details, detail => detail.Key == "line");
        Assert.Equal(head, home.Revisions.ReadHeadEnvelope());
        Assert.Equal(first.Revision, Assert.Single(home.Revisions.List()).Revision.ToString());
    }

    [Fact]
    public async Task Rebuild_WhenAnItemOrManyFilesAreGone_HoldsUntilAccepted()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md");
        foreach (var index in Enumerable.Range(0, 9))
        {
            home.Write($"skills/a/{index}");
        }

        var first = await home.InitializeAsync();
        File.Delete(home["AGENTS.md"]);
        var error = await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync());
        Assert.Equal(ErrorCode.DeletionsHeld, error.Code);
        Assert.Contains("AGENTS.md", error.Message, StringComparison.Ordinal);
        var held = await new MasterRebuilder(home.Context).RunAsync(acceptDeletions: false, TestContext.Current.CancellationToken);
        Assert.Equal((RebuildStatus.Held, first.Revision, 10), (held.Status, held.Revision, held.Files));
        Assert.Equal(RebuildStatus.Published, (await home.RebuildAsync(acceptDeletions: true)).Status);

        File.Delete(home["skills/a/1"]);
        Assert.Equal(RebuildStatus.Published, (await home.RebuildAsync()).Status);
        File.Delete(home["skills/a/2"]);
        File.Delete(home["skills/a/3"]);
        Assert.Contains("2 of 8", (await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_WhenAFileCannotBeRead_IsAnErrorAndNoDeletion()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Modes do not stop this user.");
        using var home = new MasterHome();
        home.Write("AGENTS.md");
        await home.InitializeAsync();
        home.Write("skills/a/b");
        File.SetUnixFileMode(home["skills/a/b"], UnixFileMode.None);
        Assert.Equal(ErrorCode.FileUnreadable, (await Assert.ThrowsAsync<CodexportException>(() => home.RebuildAsync())).Code);
    }

    [Fact]
    public async Task Rebuild_AfterAnotherCodexHome_IsRefused()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md");
        await home.InitializeAsync();
        Directory.CreateDirectory(Path.Combine(home.Path, "other"));
        var context = home.Context with { Home = home.Context.Home with { CodexFolder = Path.Combine(home.Path, "other") } };
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => new MasterOperations(context).RebuildAsync(acceptDeletions: true, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.HomeChanged, error.Code);
    }

    [Fact]
    public async Task Rebuild_WithManyFiles_PublishesEveryContent()
    {
        using var home = new MasterHome();
        foreach (var index in Enumerable.Range(0, 300))
        {
            home.Write($"skills/s{index}/SKILL.md", $"content {index % 200}");
        }

        home.Write("skills/big/data", new string('x', (1 << 20) + 5));
        var result = await home.InitializeAsync();
        Assert.Equal(301, result.Files);
        var store = new ObjectStore(home.Context.Files, home.Context.Home.ObjectsFolder);
        Assert.All(home.Published(result.Revision).Files, file => Assert.True(store.Contains(file.Hash)));
        Assert.Equal("content 7", home.PublishedText(result.Revision, "skills/s207/SKILL.md"));
        Assert.Equal((1 << 20) + 5, home.PublishedText(result.Revision, "skills/big/data").Length);
    }

    [Property(MaxTest = 15)]
    public Property Revision_DependsOnContentAlone()
    {
        var files = Gen.Zip(Gen.Elements("a", "b", "c-d", "e.f"), Gen.Elements("1", "2", "ü")).NonEmptyListOf().Select(list => list.ToList());
        return Prop.ForAll(Smaller.Lists(files), list =>
        {
            var content = list.DistinctBy(item => item.Item1).ToList();
            using var first = new MasterHome();
            using var second = new MasterHome();
            content.ForEach(item => first.Write($"skills/{item.Item1}/f", item.Item2));
            content.AsEnumerable().Reverse().ToList().ForEach(item => second.Write($"skills/{item.Item1}/f", item.Item2, DateTime.UtcNow));
            second.Clock.Ahead = TimeSpan.FromDays(3);
            return first.InitializeAsync().GetAwaiter().GetResult().Revision == second.InitializeAsync().GetAwaiter().GetResult().Revision;
        });
    }
}
