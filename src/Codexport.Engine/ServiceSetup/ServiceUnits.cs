using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;

namespace Codexport.Engine.ServiceSetup;

/// <summary>What the services of a home are called. Each home has state of its own, so each may have a service of its own.</summary>
internal static class ServiceUnits
{
    /// <summary>The master's server.</summary>
    public static ServiceUnit Master(EngineContext context) => new("codexport-master" + SuffixOf(context), IsTimer: false);

    /// <summary>The follower's sync.</summary>
    public static ServiceUnit Timer(EngineContext context) => new("codexport-sync" + SuffixOf(context), IsTimer: true);

    private static string SuffixOf(EngineContext context) => HomeArguments.Of(context).Home is { } home
        ? "-" + Sha256Hash.Of(Encoding.UTF8.GetBytes(home)).ToString()[..8]
        : string.Empty;
}
