using Codexport.Tests.Platform;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongOnesFirst))]

namespace Codexport.Tests.Platform;

/// <summary>Begins with the classes that take longest, so that none of them runs on alone when all others have ended.</summary>
public sealed class LongOnesFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        "PesterTests", "KillTests", "CredentialTests", "StopTests", "KilledProcessTests", "VersionTests", "CommandTextTests", "BadInputTests",
        "IdentityExportTests", "SwappedFolderTests", "CrashMatrixTests", "LeavingDamagedTests", "DamagedFollowerTests",
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
        => [.. testCollections.OrderBy(PlaceOf).ThenBy(collection => collection.UniqueID, StringComparer.Ordinal)];

    // A class that names no collection is one: "Test collection for Namespace.Class (id: …)".
    private static int PlaceOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var place = Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains($".{name} ", StringComparison.Ordinal));
        return place < 0 ? Long.Length : place;
    }
}
