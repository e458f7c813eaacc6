<?php
/**
 * What WordPress takes for its database (a drop-in of its own content folder): one in which there is nothing. Every query
 * finds no row, so that WordPress starts as it was installed: no plugin, no setting changed.
 */
class Empty_Database extends wpdb {
	public function __construct() {
		$this->set_prefix( 'wp_' );
		$this->charset = 'utf8mb4';
		$this->ready   = true;
	}

	public function query( $query ) {
		$this->last_result = array();
		$this->num_rows    = 0;
		return 0;
	}

	public function _real_escape( $data ) {
		return addslashes( (string) $data );
	}

	public function db_connect( $allow_bail = true ) {
		return true;
	}

	public function check_connection( $allow_bail = true ) {
		return true;
	}

	public function get_col_charset( $table, $column ) {
		return 'utf8mb4';
	}
}

$GLOBALS['wpdb'] = new Empty_Database();
