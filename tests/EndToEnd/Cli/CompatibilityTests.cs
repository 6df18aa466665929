using System.Globalization;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

/// <summary>
/// Homes and an identity that the program of an earlier version wrote, kept byte for byte in <c>tests/data/state-VERSION</c>, in today's
/// program: see <c>docs/compatibility.md</c>.
/// </summary>
public sealed class CompatibilityTests
{
    private const string Revision = "f6239e3fb3775b2cd1cafa0893a26abf90e024229b7ce0d8cfb32891b99f6fb5";
    private const string Fingerprint = "03de244638590b9bd3129796a40162a6d151c44da663c949fe4c736e5cabf28a";

    // Where the homes were, and the port that the master served on, when they were made.
    private const string OldFolder = "/srv/codexport";
    private const string OldPort = "18431";

    [Theory]
    [InlineData("0.1.0")]
    public async Task Follower_OfAnEarlierVersion_ShowsItsStateAndSyncs(string version)
    {
        await using var fixture = new CommandLineFixture();
        Restore(version, "master", fixture.Master);
        await fixture.ServeAsync();
        Restore(version, "follower", fixture.Follower, fixture.Port);

        var status = await fixture.OnFollowerAsync("status", "--json");
        Assert.True(status.ExitCode == 0, status.Output + status.Error);
        Assert.Equal(
            ("follower", Revision, Fingerprint),
            (status.Json["role"]!.GetValue<string>(), status.Json["revision"]!.GetValue<string>(), status.Json["fingerprint"]!.GetValue<string>()));
        Assert.Equal("prompts/review.md", Assert.Single(status.Json["drift"]!.AsArray())!.ToString());

        // Nothing new, and the credential counts. Then something new: what is local stays, what drifted goes to a backup.
        var quick = await fixture.OnFollowerAsync("sync", "--quick");
        Assert.Equal((0, string.Empty), (quick.ExitCode, quick.Error));
        CommandLineFixture.Write(fixture.Master, ".codex/skills/two/SKILL.md", "second skill\n");
        var sync = await fixture.PublishAndSyncAsync();
        Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
        Assert.Equal("second skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/two/SKILL.md"));
        Assert.Equal("Review this.\n", CommandLineFixture.Read(fixture.Follower, ".codex/prompts/review.md"));
        Assert.Contains("[projects.\"/mine\"]", CommandLineFixture.Read(fixture.Follower, ".codex/config.toml"), StringComparison.Ordinal);
        var known = Assert.Single((await fixture.OnMasterAsync("master", "followers", "--json")).Json["followers"]!.AsArray());
        Assert.Equal("approved", known!["state"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("0.1.0")]
    public async Task Follower_OfAnEarlierVersion_TakesItsHookOutAndItsBackupsAndRevisionsBack(string version)
    {
        await using var fixture = new CommandLineFixture();
        Restore(version, "follower", fixture.Follower);

        var backups = (await fixture.OnFollowerAsync("backup", "list", "--json")).Json["backups"]!.AsArray();
        Assert.Equal(3, backups.Count);
        var rollback = await fixture.OnFollowerAsync("apply", "--revision", "f24d158587fa", "--json");
        Assert.True(rollback.ExitCode == 0, rollback.Output + rollback.Error);
        Assert.Equal("first skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));

        var uninstall = await fixture.OnFollowerAsync("hook", "uninstall", "--json");
        Assert.True(uninstall.ExitCode == 0, uninstall.Output + uninstall.Error);
        Assert.True(uninstall.Json["changed"]!.GetValue<bool>());
        Assert.False(File.Exists(Path.Combine(fixture.Follower, ".codex/hooks.json")));
    }

    [Theory]
    [InlineData("0.1.0")]
    public async Task Identity_ExportedByAnEarlierVersion_IsImported(string version)
    {
        await using var fixture = new CommandLineFixture();
        using var secrets = new TemporaryFolder();
        var passphrase = secrets["passphrase"];
        KeptHome.CopyPrivate(Path.Combine(Data(version), "passphrase"), passphrase);
        var export = secrets["identity.codexport"];
        KeptHome.CopyPrivate(Path.Combine(Data(version), "identity.codexport"), export);

        var import = await fixture.OnMasterAsync(
            "master", "identity", "import", export, "--passphrase-file", passphrase, "--json");

        Assert.True(import.ExitCode == 0, import.Output + import.Error);
        Assert.Equal(Fingerprint, import.Json["fingerprint"]!.GetValue<string>());
        Assert.Single((await fixture.OnMasterAsync("master", "followers", "--json")).Json["followers"]!.AsArray());
    }

    private static string Data(string version) => Path.Combine(Repository.Root, "tests", "data", $"state-{version}");

    private static void Restore(string version, string name, string home, int? port = null)
        => KeptHome.Restore(Path.Combine(Data(version), name), home, text =>
        {
            text = text.Replace($"{OldFolder}/{name}/", home + Path.DirectorySeparatorChar, StringComparison.Ordinal);
            return port is { } number ? text.Replace($":{OldPort}", $":{number.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal) : text;
        });
}
