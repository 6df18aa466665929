param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    $pwsh = [Environment]::ProcessPath
    $userHome = New-TestHome (Join-Path $TestDrive 'home')

    # An assembly with a name and version of its own, which Add-Type does not give; its one type says what it is.
    function New-StandIn([string] $Name, [version] $Version, [string] $Path) {
        $builder = [System.Reflection.Emit.PersistedAssemblyBuilder]::new([System.Reflection.AssemblyName] "$Name, Version=$Version", [object].Assembly)
        $type = $builder.DefineDynamicModule($Name).DefineType("$Name.StandIn", 'Public, Abstract, Sealed')
        $type.DefineField('Name', [string], 'Public, Static, Literal').SetConstant('the stand-in')
        [void] $type.CreateType()
        $builder.Save($Path)
    }

    # Another module with a package of the engine's in a version of its own, which PowerShell loads for everybody.
    $other = New-Item -ItemType Directory (Join-Path $TestDrive 'modules/Other')
    New-StandIn 'Tomlyn' '0.1.0.0' "$other/Tomlyn.dll"
    Set-Content "$other/Other.psm1" 'function Get-Other { [Tomlyn.StandIn]::Name }'
    New-ModuleManifest "$other/Other.psd1" -RootModule Other.psm1 -RequiredAssemblies Tomlyn.dll -FunctionsToExport Get-Other

    # A session of its own, as assemblies stay loaded for as long as it lasts.
    function Invoke-Session([string] $Command) { & $pwsh -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; $Command" *>&1 | ForEach-Object { "$_" } }
    $import = "Import-Module '$ModulePath'"
    $use = "(Initialize-CodexportMaster -HomePath '{0}' -PassThru).Files"
    function Get-Use([string] $Name) { $use -f (New-TestHome (Join-Path $TestDrive $Name)) }
    $contexts = '[System.Runtime.Loader.AssemblyLoadContext]::All | ForEach-Object { $context = $_; $_.Assemblies | ForEach-Object { $n = $_.GetName(); "$($context.Name):$($n.Name):$($n.Version)" } }'
}

Describe 'the engine' {
    It 'lies in a context of its own, the cmdlets in that of PowerShell' {
        $seen = Invoke-Session "$import; $(Get-Use own); $contexts"
        $seen | Should -Contain "Codexport:Codexport.Engine:$((Get-Item $ModulePath/*).Name).0"
        $seen | Where-Object { $_ -like 'Default:Codexport.*' } | Sort-Object | Should -Be @(
            "Default:Codexport.Loader-$((Get-Item $ModulePath/*).Name):$((Get-Item $ModulePath/*).Name).0", "Default:Codexport.PowerShell:$((Get-Item $ModulePath/*).Name).0")
    }

    It 'brings its packages into that context, whatever another module has loaded before' {
        $seen = Invoke-Session "Import-Module '$other'; $import; $(Get-Use before); Get-Other; $contexts"
        $seen | Select-Object -First 2 | Should -Be '2', 'the stand-in'
        $seen | Should -Contain 'Default:Tomlyn:0.1.0.0'
        $packages = Get-ChildItem "$ModulePath/*/host/*.dll" | ForEach-Object { [System.Reflection.AssemblyName]::GetAssemblyName($_.FullName) }
        $loaded = $seen | Where-Object { $_ -like 'Codexport:*' }
        $loaded | Should -Not -BeNullOrEmpty
        $loaded | Where-Object { $_ -notin ($packages | ForEach-Object { "Codexport:$($_.Name):$($_.Version)" }) } | Should -BeNullOrEmpty
    }

    It 'leaves another module its own version that comes after it' {
        $seen = Invoke-Session "$import; $(Get-Use after); Import-Module '$other'; Get-Other; $contexts"
        $seen | Select-Object -First 2 | Should -Be '2', 'the stand-in'
        $seen | Should -Contain 'Default:Tomlyn:0.1.0.0'
    }

    It 'is loaded once: <_>' -ForEach @(
        '$import; $import'
        '$import; $import -Force'
        '$import; Remove-Module Codexport; $import'
        '$import; 1..2 | ForEach-Object -Parallel { $import; $null = Get-CodexportStatus -HomePath $userHome }'
    ) {
        $before = $ExecutionContext.InvokeCommand.ExpandString($_.Replace('$null', '`$null'))
        $seen = Invoke-Session "$before; (Get-CodexportStatus -HomePath '$userHome').Role; (Get-Command -Module Codexport).Count; $contexts"
        $seen[0] | Should -Be 'None'
        $seen[1] | Should -Be (Import-PowerShellDataFile (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName).CmdletsToExport.Count
        @($seen -like '*:Codexport.Engine:*').Count | Should -Be 1
    }

    It 'comes in the form for this platform where there is one, else in that for all' {
        $where = '[System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq "Codexport.Engine" } | ForEach-Object { Split-Path (Split-Path $_.Location) -Leaf }'
        $own = (Get-ChildItem -Directory (Get-Item "$ModulePath/*/host").FullName).Name
        $own | Should -Not -BeNullOrEmpty -Because 'a Release build makes a form for its own platform'
        Invoke-Session "$import; $where" | Select-Object -Unique | Should -Be $own
        $copy = Join-Path $TestDrive "plain/Codexport/$((Get-Item $ModulePath/*).Name)"
        Copy-Item -Recurse (Get-Item $ModulePath/*) $copy
        Remove-Item -Recurse (Get-ChildItem -Directory "$copy/host")
        Invoke-Session "Import-Module '$copy/Codexport.psd1'; (Get-CodexportStatus -HomePath '$userHome').Role; $where" | Should -Contain 'host'
    }

    It 'says that another version is in the way' {
        $older = Join-Path $TestDrive 'older/Codexport.PowerShell.dll'
        New-Item -ItemType Directory (Split-Path $older) | Out-Null
        New-StandIn 'Codexport.PowerShell' '0.0.9.0' $older
        Invoke-Session "Add-Type -Path '$older'; try { $import } catch { `$_.Exception.Message }" | Should -Match 'has loaded Codexport 0\.0\.9 already.*new PowerShell session'
    }
}
