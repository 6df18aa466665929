using System.Text.Json.Nodes;

namespace Codexport.Tests.Cli;

public sealed class IdentityTests : IAsyncLifetime
{
    private const string Passphrase = "correct horse battery staple";

    private readonly CommandLineFixture _homes = new();

    private string ExportFile => Path.Combine(_homes.Master, "identity.json");

    private string PassphraseFile => Path.Combine(_homes.Master, "passphrase");

    public async ValueTask InitializeAsync()
    {
        await _homes.StartMasterAsync();
        await File.WriteAllTextAsync(PassphraseFile, Passphrase + "\r\nand more\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PassphraseFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public ValueTask DisposeAsync() => _homes.DisposeAsync();

    [Fact]
    public async Task Export_ThenImportElsewhere_GoesOnWithTheFollowers()
    {
        await _homes.JoinAsync();
        var export = await _homes.OnMasterAsync("master", "identity", "export", ExportFile, "--passphrase-file", PassphraseFile, "--json");
        Assert.True(export.ExitCode == 0, export.Output + export.Error);
        Assert.Equal(1, (int)export.Json["followers"]!);
        var again = await _homes.OnMasterAsync("master", "identity", "export", ExportFile, "--passphrase-file", PassphraseFile);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
        Assert.Empty(CommandLineFixture.FilesHolding(Path.Combine(_homes.Master, ".codexport"), Passphrase));

        // The machine is lost: all that is left is the setup and the export.
        await _homes.StopServerAsync();
        var kept = await File.ReadAllBytesAsync(ExportFile, TestContext.Current.CancellationToken);
        Directory.Delete(Path.Combine(_homes.Master, ".codexport"), recursive: true);
        await File.WriteAllBytesAsync(ExportFile, kept, TestContext.Current.CancellationToken);
        var import = await _homes.OnMasterAsync("master", "identity", "import", ExportFile, "--passphrase-file", PassphraseFile, "--json");
        Assert.True(import.ExitCode == 0, import.Output + import.Error);
        Assert.Equal(("imported", (string?)export.Json["fingerprint"]), ((string?)import.Json["status"], (string?)import.Json["fingerprint"]));
        Assert.Empty(import.Json["warnings"]!.AsArray());
        await _homes.ServeAsync();
        CommandLineFixture.Write(_homes.Master, ".codex/AGENTS.md", "# From the new machine\n");
        var sync = await _homes.PublishAndSyncAsync();
        Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
        Assert.Equal("# From the new machine\n", CommandLineFixture.Read(_homes.Follower, ".codex/AGENTS.md"));
    }

    [Fact]
    public async Task Export_WithNobodyToAsk_SaysHowToGiveThePassphrase()
    {
        var none = await _homes.OnMasterAsync("master", "identity", "export", ExportFile, "--no-input");
        Assert.Equal(2, none.ExitCode);
        await File.WriteAllTextAsync(PassphraseFile, "short one\n", TestContext.Current.CancellationToken);
        var weak = await _homes.OnMasterAsync("master", "identity", "export", ExportFile, "--passphrase-file", PassphraseFile);
        Assert.Equal(2, weak.ExitCode);
        Assert.DoesNotContain("short one", weak.Output + weak.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ExportFile));
    }

    [Fact]
    public async Task Rotate_WhileServing_IsFollowedByWhoAllowedIt()
    {
        await _homes.JoinAsync();
        Assert.Contains("Changed key:     refused until you trust it", (await _homes.OnFollowerAsync("status")).Output, StringComparison.Ordinal);
        var allow = await _homes.OnFollowerAsync("follower", "trust", "--follow", "--json");
        Assert.True((bool)allow.Json["followsKeyRotation"]!, allow.Output + allow.Error);
        var both = await _homes.OnFollowerAsync("follower", "trust", "--follow", "--no-follow");
        Assert.Equal(2, both.ExitCode);
        var rotate = await _homes.OnMasterAsync("master", "identity", "rotate", "--json");
        Assert.True(rotate.ExitCode == 0, rotate.Output + rotate.Error);
        CommandLineFixture.Write(_homes.Master, ".codex/AGENTS.md", "# New key\n");
        var sync = await _homes.PublishAndSyncAsync();
        Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
        Assert.Contains(
            sync.Json["warnings"]!.AsArray(), warning => ((string?)warning)!.Contains((string)rotate.Json["fingerprint"]!, StringComparison.Ordinal));
        var status = await _homes.OnFollowerAsync("status", "--json");
        Assert.Equal((string?)rotate.Json["fingerprint"], (string?)status.Json["fingerprint"]);
        Assert.True((bool)status.Json["followsKeyRotation"]!, status.Output);
        Assert.Contains("Changed key:     followed", (await _homes.OnFollowerAsync("status")).Output, StringComparison.Ordinal);

        // It is a follower's question.
        Assert.Null((await _homes.OnMasterAsync("status", "--json")).Json["followsKeyRotation"]);
        Assert.DoesNotContain("Changed key", (await _homes.OnMasterAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Followers_ShowWhatIsStale()
    {
        await _homes.JoinAsync();
        var list = await _homes.OnMasterAsync("master", "followers", "--json");
        var follower = Assert.Single(list.Json["followers"]!.AsArray())!.AsObject();
        Assert.True(follower.ContainsKey("behind") && follower.ContainsKey("revisionsBehind") && follower.ContainsKey("lastError"), list.Output);
        var text = await _homes.OnMasterAsync("master", "followers");
        Assert.Equal(["NAME", "STATE", "BEHIND", "LAST", "SEEN", "LAST", "ERROR"], text.Output.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var show = await _homes.OnMasterAsync("master", "followers", "show", (string)follower["id"]!);
        Assert.Contains((string)follower["address"]!, show.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await _homes.OnMasterAsync("master", "followers", "show", "nobody")).ExitCode);
        var link = await _homes.OnMasterAsync("master", "link", "--host", "127.0.0.2", "--host", "127.0.0.1", "--json");
        Assert.Contains("host=127.0.0.2&host=127.0.0.1&", (string?)JsonNode.Parse(link.Output)!["joinLink"], StringComparison.Ordinal);
    }
}
