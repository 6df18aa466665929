using Codexport.Engine.Errors;
using Codexport.Tests.Follower;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Apply;

/// <summary>Somebody puts a link to a place of theirs where a folder of the home stands, while a transaction is at work.</summary>
public sealed class SwappedFolderTests
{
    private const string OnLinuxAlone = "Only Linux exchanges two names at once.";

    public static TheoryData<string> InnerFolders() => [.. SwappedHome.Inner];

    public static TheoryData<string> AllFolders() => [.. SwappedHome.Inner, .. SwappedHome.Roots];

    [Theory]
    [MemberData(nameof(AllFolders))]
    public void Apply_WhenAFolderIsSwappedForALinkAtAnyCall_ChangesNothingOutside_AndTheNextRunIsWhole(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), OnLinuxAlone);
        AtEveryCall(folder, static (home, folder) => home.Swap(folder));
    }

    [Theory]
    [MemberData(nameof(InnerFolders))]
    public void Apply_WhenAFolderIsTakenAwayAtAnyCall_IsOneTypedError_AndTheNextRunIsWhole(string folder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A folder that is held open cannot be taken away there.");
        AtEveryCall(folder, static (home, folder) => home.Take(folder));
    }

    [Theory]
    [MemberData(nameof(InnerFolders))]
    public async Task Apply_WhileAFolderIsSwappedAgainAndAgain_ChangesNothingOutside(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), OnLinuxAlone);
        const int Turns = 100;
        using var home = new SwappedHome();
        using var end = new CancellationTokenSource();
        var swaps = 0;
        var swapper = Task.Run(
            () =>
            {
                for (; !end.IsCancellationRequested; Interlocked.Increment(ref swaps))
                {
                    home.Swap(folder);
                }
            },
            CancellationToken.None);
        try
        {
            for (var turn = 0; turn < Turns || Volatile.Read(ref swaps) < Turns; turn++)
            {
                var when = $"{folder}, turn {turn}, after {Volatile.Read(ref swaps)} swaps";
                AssertTyped(Record.Exception(() => home.Apply(new UnsyncedFileSystem(), turn % 2)), when);
                home.AssertNothingOutside(when);
            }
        }
        finally
        {
            await end.CancelAsync();
            await swapper;
        }

        home.PutBack(folder);
        home.Apply(new UnsyncedFileSystem(), 1);
        home.AssertHolds(1, folder);
        home.AssertNothingOutside(folder);
    }

    private static void AtEveryCall(string folder, Action<SwappedHome, string> act)
    {
        for (var call = 1; ; call++)
        {
            using var home = new SwappedHome();
            var isDone = false;
            var files = new FaultyFileSystem(new UnsyncedFileSystem())
            {
                FailAt = call,
                Meanwhile = () =>
                {
                    isDone = true;
                    act(home, folder);
                },
            };
            var error = Record.Exception(() => home.ApplyAlone(files, 1));
            var when = $"{folder} at call {call} ({files.Last})";
            AssertTyped(error, when);
            home.AssertNothingOutside(when);
            home.PutBack(folder);
            home.Apply(new UnsyncedFileSystem(), 1);
            home.AssertHolds(1, when);
            home.AssertNothingOutside(when);
            if (!isDone)
            {
                Assert.InRange(call, 50, 1000);
                return;
            }
        }
    }

    // A link, or a folder that is gone, is told as what it is; where it only made the disk look other than the plan, that is what is told.
    private static void AssertTyped(Exception? error, string when)
        => Assert.True(error is null or CodexportException { Code: ErrorCode.PathBlocked or ErrorCode.ConcurrentChange }, $"{when}: {error}");
}
