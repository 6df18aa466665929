using Codexport.Engine.Master.Operations;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Master;

/// <summary>Folders outside that links lead into are asked for once, at init.</summary>
public sealed class LinkedFoldersTests
{
    [Fact]
    public async Task Initialize_WithFoldersThatThePersonAllowed_ListsThemOnceAndExportsWhatLinksLeadTo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        using var home = new MasterHome();
        Directory.CreateDirectory(Path.Combine(home.Path, "dotfiles"));
        await File.WriteAllTextAsync(Path.Combine(home.Path, "dotfiles/a.md"), "x", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(home["AGENTS.md"], Path.Combine(home.Path, "dotfiles/a.md"));
        var master = new MasterOperations(home.Context);
        var found = Assert.Single(await master.FindLinkedFoldersAsync(TestContext.Current.CancellationToken));
        Assert.Equal("~/dotfiles", found.Folder);
        Assert.False(Directory.Exists(home.Context.Home.StateFolder));

        var refused = await master.InitializeAsync(port: null, [], TestContext.Current.CancellationToken);
        Assert.Equal(0, refused.Files);
        Assert.Contains("~/dotfiles", Assert.Single(refused.Warnings), StringComparison.Ordinal);
        var allowed = await master.InitializeAsync(port: null, [found.Folder], TestContext.Current.CancellationToken);
        Assert.Equal(1, allowed.Files);
        Assert.Empty(allowed.Warnings);
        Assert.Empty(await master.FindLinkedFoldersAsync(TestContext.Current.CancellationToken));
        await master.InitializeAsync(port: null, [found.Folder], TestContext.Current.CancellationToken);
        Assert.Equal(["~/dotfiles"], SettingsFile.Read(home.Context.Files, home.Context.Home.SettingsFile).ExportRoots);
    }
}
