param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Show-CodexportDashboard' {
    It 'gives an address that lets in once' {
        $shown = Show-CodexportDashboard -NoOpen -HomePath $master.Home
        $shown.Address | Should -Match '^http://127\.0\.0\.1:\d+/enter\?ticket='
        $shown.Opened | Should -BeFalse
        $shown.Expires | Should -BeOfType [DateTime]
        $shown.Expires.Kind | Should -Be 'Local'
        $entered = Invoke-WebRequest $shown.Address -SessionVariable session -MaximumRedirection 0
        $page = Invoke-WebRequest ([Uri]::new([Uri] $shown.Address, ($entered.Headers['Refresh'] -replace '^0; url=', ''))) -WebSession $session
        $page.Content | Should -Match '<h1>Fleet</h1>'
        { Invoke-WebRequest $shown.Address } | Should -Throw '*403*'
    }

    It 'has a table and a list' {
        Assert-View (Show-CodexportDashboard -NoOpen -HomePath $master.Home) 'Codexport.Engine.Results.DashboardResult'
    }

    It 'says by which cmdlet a master is started that serves one' {
        Stop-TestMaster $master.Server
        { Show-CodexportDashboard -NoOpen -HomePath $master.Home -ErrorAction Stop } | Should -Throw -ErrorId 'DashboardNotServed,Codexport.PowerShell.Commands.ShowCodexportDashboardCommand'
        $Error[0].ErrorDetails.RecommendedAction | Should -Match 'Start-CodexportMaster'
    }

    It 'is refused where there is no master' {
        { Show-CodexportDashboard -NoOpen -HomePath (Join-Path $TestDrive 'nobody') -ErrorAction Stop } | Should -Throw -ErrorId 'NotMaster,*'
    }
}
